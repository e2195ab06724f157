import { Hono } from "hono";
import type { ApiDeps } from "../../deps.ts";
import type { ConsoleEnv } from "../env.ts";
import { createPersonPages } from "./create.tsx";
import { listPeople } from "./list.tsx";
import { personPages } from "./person.tsx";

/** People who sign in: for operators. */
export function peoplePages(deps: Pick<ApiDeps, "ask" | "now" | "newId" | "passwords">): Hono<ConsoleEnv> {
  return new Hono<ConsoleEnv>()
    .get("/people", listPeople(deps))
    .route("/", createPersonPages(deps))
    .route("/", personPages(deps));
}

import { Hono } from "hono";
import type { ConsoleEnv } from "../env.ts";
import { alertPage } from "./alert-page.tsx";
import { type BroadcastPageDeps, getAlert } from "./deps.ts";
import { linkPages } from "./links.tsx";
import { listOfAlerts } from "./list.tsx";
import { movePages } from "./move-routes.ts";
import { platformAlerts } from "./platform-page.tsx";
import { replayPages } from "./replay.tsx";
import { writePages } from "./write-routes.tsx";

/** Emergency alerts: a service's, and all for operators. */
export function broadcastPages(deps: BroadcastPageDeps): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();
  const at = "/services/:service/broadcasts";
  pages.get(at, listOfAlerts(deps));
  pages.route("/", writePages(deps));
  pages.get(`${at}/:id`, async (c) => alertPage(c, deps, await getAlert(c, deps)));
  pages.route("/", movePages(deps));
  pages.get("/broadcasts", platformAlerts(deps));
  pages.route("/", linkPages(deps));
  pages.route("/", replayPages(deps));
  return pages;
}

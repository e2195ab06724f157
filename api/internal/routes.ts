import { Hono } from "hono";
import type { ApiDeps } from "../deps.ts";
import { authenticateClient } from "./authenticate.ts";
import { getTimeline } from "./get-timeline.ts";
import { answerRefusal } from "./refusal.ts";

/** What operators' programs ask, at Notify's paths where it has one; errors have the envelope of these paths. */
export function internalRoutes(deps: Pick<ApiDeps, "findTimeline" | "internalClient" | "now" | "log">): Hono {
  const auth = authenticateClient(deps.internalClient, deps.now);
  const routes = new Hono();
  routes.onError(answerRefusal(deps.log));
  routes.get("/notifications/:id/timeline", auth, getTimeline(deps));
  return routes;
}

import { Hono } from "hono";
import type { ApiDeps } from "../deps.ts";
import { authenticateClient } from "./authenticate.ts";
import { broadcastRoutes } from "./broadcasts/routes.ts";
import { attemptRoutes } from "./callback-attempts/routes.ts";
import { callbackRoutes } from "./callbacks/routes.ts";
import { getTimeline } from "./get-timeline.ts";
import { letterRoutes } from "./letters/routes.ts";
import { answerRefusal } from "./refusal.ts";
import { returnedRoutes } from "./returned-letters/routes.ts";

/** What operators' programs ask, at Notify's paths where it has one; errors have the envelope of these paths. */
export function internalRoutes(
  deps: Pick<
    ApiDeps,
    | "callbacks"
    | "callbackAttempts"
    | "broadcasts"
    | "findNotification"
    | "findTimeline"
    | "letters"
    | "returnedLetters"
    | "internalClient"
    | "alertsClient"
    | "now"
    | "newId"
    | "log"
  >,
): Hono {
  const auth = authenticateClient(deps.internalClient, deps.now);
  const routes = new Hono();
  routes.onError(answerRefusal(deps.log));
  routes.get("/notifications/:id/timeline", auth, getTimeline(deps));
  routes.route("/", callbackRoutes(auth, deps));
  routes.route("/", attemptRoutes(auth, deps));
  routes.route("/", letterRoutes(auth, deps));
  routes.route("/", returnedRoutes(auth, deps));
  const alerts = authenticateClient(deps.alertsClient, deps.now);
  routes.route("/", broadcastRoutes({ operators: auth, alerts }, deps));
  return routes;
}

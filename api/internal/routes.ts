import { Hono } from "hono";
import type { ApiDeps } from "../deps.ts";
import { apiKeyRoutes } from "./api-keys/routes.ts";
import { authenticateClient } from "./authenticate.ts";
import { batchRoutes } from "./batches/routes.ts";
import { broadcastRoutes } from "./broadcasts/routes.ts";
import { attemptRoutes } from "./callback-attempts/routes.ts";
import { callbackRoutes } from "./callbacks/routes.ts";
import { complaintRoutes } from "./complaints/routes.ts";
import { retentionRoutes } from "./data-retention/routes.ts";
import { eventRoutes } from "./events/routes.ts";
import { forgetChanged } from "./forget-changed.ts";
import { getTimeline } from "./get-timeline.ts";
import { guestListRoutes } from "./guest-list/routes.ts";
import { inboundNumberRoutes } from "./inbound/numbers.ts";
import { inboundTextRoutes } from "./inbound/texts.ts";
import { letterRoutes } from "./letters/routes.ts";
import { notificationRoutes } from "./notifications/routes.ts";
import { findByUuidRoutes } from "./platform/find-by-uuid.ts";
import { platformRoutes } from "./platform-stats/routes.ts";
import { providerRoutes } from "./providers/routes.ts";
import { answerRefusal } from "./refusal.ts";
import { returnedRoutes } from "./returned-letters/routes.ts";
import { senderRoutes } from "./senders/routes.ts";
import { serviceRoutes } from "./services/routes.ts";
import { statisticsRoutes } from "./statistics/routes.ts";
import { folderRoutes } from "./template-folders/routes.ts";
import { templateRoutes } from "./templates/routes.ts";
import { uploadRoutes } from "./uploads/routes.ts";
import { usageRoutes } from "./usage/routes.ts";
import { userRoutes } from "./users/routes.ts";
import { testUserRoutes } from "./users/test-users.ts";

/** What operators' programs ask, at Notify's paths where it has one; errors have the envelope of these paths. */
export function internalRoutes(
  deps: Pick<
    ApiDeps,
    | "ask"
    | "batchFiles"
    | "letterFiles"
    | "callbacks"
    | "callbackAttempts"
    | "broadcasts"
    | "dataRetention"
    | "findNotification"
    | "findService"
    | "findTemplate"
    | "findTimeline"
    | "forgetService"
    | "forgetTemplate"
    | "smsSender"
    | "emailDomain"
    | "letters"
    | "returnedLetters"
    | "internalClient"
    | "alertsClient"
    | "functionalTestsClient"
    | "passwords"
    | "now"
    | "newId"
    | "log"
  >,
): Hono {
  const auth = authenticateClient(deps.internalClient, deps.now);
  const routes = new Hono();
  routes.onError(answerRefusal(deps.log));
  routes.use("/service/:service/*", forgetChanged(deps));
  routes.use("/inbound-number/service/:service/*", forgetChanged(deps));
  routes.get("/notifications/:id/timeline", auth, getTimeline(deps));
  // Before those whose paths would take theirs for an id.
  routes.route("/", statisticsRoutes(auth, deps));
  routes.route("/", usageRoutes(auth, deps));
  routes.route("/", platformRoutes(auth, deps));
  routes.route("/", batchRoutes(auth, deps));
  routes.route("/", callbackRoutes(auth, deps));
  routes.route("/", attemptRoutes(auth, deps));
  routes.route("/", letterRoutes(auth, deps));
  routes.route("/", uploadRoutes(auth, deps));
  routes.route("/", notificationRoutes(auth, deps));
  routes.route("/", templateRoutes(auth, deps));
  routes.route("/", folderRoutes(auth, deps));
  routes.route("/", returnedRoutes(auth, deps));
  routes.route("/", retentionRoutes(auth, deps));
  routes.route("/", serviceRoutes(auth, deps));
  routes.route("/", userRoutes(auth, deps));
  routes.route("/", apiKeyRoutes(auth, deps));
  routes.route("/", senderRoutes(auth, deps));
  routes.route("/", guestListRoutes(auth, deps));
  routes.route("/", inboundNumberRoutes(auth, deps));
  routes.route("/", inboundTextRoutes(auth, deps));
  routes.route("/", providerRoutes(auth, deps));
  routes.route("/", complaintRoutes(auth, deps));
  routes.route("/", eventRoutes(auth, deps));
  routes.route("/", findByUuidRoutes(auth, deps));
  routes.route("/", testUserRoutes(authenticateClient(deps.functionalTestsClient, deps.now), deps));
  const alerts = authenticateClient(deps.alertsClient, deps.now);
  routes.route("/", broadcastRoutes({ operators: auth, alerts }, deps));
  return routes;
}

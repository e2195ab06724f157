import { Hono } from "hono";
import type { ApiDeps } from "./deps.ts";
import type { ApiEnv } from "./env.ts";
import { authenticate } from "./middleware/authenticate.ts";
import { handleError } from "./middleware/handle-error.ts";
import { answerNoRoute } from "./middleware/no-route.ts";
import { responseHeaders } from "./middleware/response-headers.ts";
import { showReady, showStatus } from "./status.ts";
import { getNotification } from "./v2/notifications/get-notification.ts";
import { listNotifications } from "./v2/notifications/list-notifications.ts";
import { postEmail } from "./v2/notifications/post-email.ts";
import { postSms } from "./v2/notifications/post-sms.ts";
import { postUnknown } from "./v2/notifications/post-unknown.ts";

/** The whole HTTP API, for any runtime that can serve a `fetch` function. */
export function createApp(deps: ApiDeps): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const auth = authenticate(deps);

  app.onError(handleError(deps.log));
  app.use(responseHeaders);

  app.get("/", showStatus(deps));
  app.on(["GET", "POST"], "/_status", showStatus(deps));
  app.get("/_ready", showReady(deps));

  app.post("/v2/notifications/sms", auth, postSms(deps));
  app.post("/v2/notifications/email", auth, postEmail(deps));
  app.post("/v2/notifications/:type", auth, postUnknown(deps));
  app.get("/v2/notifications", auth, listNotifications(deps));
  app.get("/v2/notifications/:id", auth, getNotification(deps));

  app.route("/notifications", deps.receipts);

  app.all("*", answerNoRoute(app.routes, auth));
  return app;
}

import { Hono } from "hono";
import { showConsole } from "./console/show-console.ts";
import type { ApiDeps } from "./deps.ts";
import { showDocs } from "./docs/show-docs.tsx";
import { documentRoutes } from "./documents/routes.ts";
import type { ApiEnv } from "./env.ts";
import { internalRoutes } from "./internal/routes.ts";
import { authenticate } from "./middleware/authenticate.ts";
import { handleError } from "./middleware/handle-error.ts";
import { measure } from "./middleware/measure.ts";
import { answerNoRoute } from "./middleware/no-route.ts";
import { responseHeaders } from "./middleware/response-headers.ts";
import { timeOut } from "./middleware/time-out.ts";
import { showDocument } from "./openapi/show-document.ts";
import { showLiveCounts, showReady, showStatus } from "./status.ts";
import { postUnsubscribe, showUnsubscribe, unsubscribePath } from "./unsubscribe/unsubscribe.ts";
import { getBulk } from "./v2/batches/get-bulk.ts";
import { postBulk } from "./v2/batches/post-bulk.ts";
import { postBroadcast } from "./v2/broadcast/post-broadcast.ts";
import { getNotification } from "./v2/notifications/get-notification.ts";
import { getPdf } from "./v2/notifications/get-pdf.ts";
import { listNotifications } from "./v2/notifications/list-notifications.ts";
import { postEmail } from "./v2/notifications/post-email.ts";
import { postLetter } from "./v2/notifications/post-letter.ts";
import { postSms } from "./v2/notifications/post-sms.ts";
import { postUnknown } from "./v2/notifications/post-unknown.ts";
import { listReceivedTexts } from "./v2/received-texts/list-received-texts.ts";
import { getTemplate } from "./v2/templates/get-template.ts";
import { listTemplates } from "./v2/templates/list-templates.ts";
import { postPreview } from "./v2/templates/post-preview.ts";
import { listUnsubscribeRequests } from "./v2/unsubscribe-requests/list-unsubscribe-requests.ts";

/** The whole HTTP API, for any runtime that can serve a `fetch` function. */
export function createApp(deps: ApiDeps): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const auth = authenticate(deps);

  app.onError(handleError(deps.log));
  // Before what is Notify's: its headers are not for pages that people have signed in to.
  app.use("/console/*", showConsole(deps));
  if (deps.metrics) app.use(measure(deps.metrics));
  app.use(responseHeaders);
  app.use("/v2/*", timeOut(deps.requestLimitMs, deps.log));

  app.get("/", showStatus(deps));
  app.on(["GET", "POST"], "/_status", showStatus(deps));
  app.get("/_status/live-service-and-organisation-counts", showLiveCounts(deps));
  app.get("/_ready", showReady(deps));
  app.get("/openapi.json", showDocument());
  app.get("/docs", showDocs(deps));

  app.post("/v2/notifications/sms", auth, postSms(deps));
  app.post("/v2/notifications/email", auth, postEmail(deps));
  app.post("/v2/notifications/letter", auth, postLetter(deps));
  app.post("/v2/notifications/bulk", auth, postBulk(deps));
  app.get("/v2/notifications/bulk/:id", auth, getBulk(deps));
  app.post("/v2/notifications/:type", auth, postUnknown(deps));
  app.get("/v2/notifications", auth, listNotifications(deps));
  app.get("/v2/notifications/:id", auth, getNotification(deps));
  app.get("/v2/notifications/:id/pdf", auth, getPdf(deps));

  app.get("/v2/template/:id", auth, getTemplate(deps));
  app.get("/v2/template/:id/version/:version{[0-9]+}", auth, getTemplate(deps));
  app.post("/v2/template/:id/preview", auth, postPreview(deps));
  app.get("/v2/templates", auth, listTemplates(deps));
  app.get("/v2/received-text-messages", auth, listReceivedTexts(deps));
  app.get("/v2/unsubscribe-requests", auth, listUnsubscribeRequests(deps));
  app.post("/v2/broadcast", auth, postBroadcast(deps));

  app.get(unsubscribePath, showUnsubscribe(deps));
  app.post(unsubscribePath, postUnsubscribe(deps));

  app.route("/d", documentRoutes(deps));
  app.route("/", internalRoutes(deps));
  app.route("/notifications", deps.receipts);

  app.all("*", answerNoRoute(app.routes, auth));
  return app;
}

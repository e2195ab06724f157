import { Hono, type MiddlewareHandler } from "hono";
import { previewLetter } from "./preview.ts";
import { getNotification, listNotifications, listRows, type NotificationRouteDeps } from "./read.ts";
import { type OneOffDeps, sendNotification } from "./send-one-off.ts";

/** What services sent (`spec/admin-api.md` 4.5). */
export function notificationRoutes(auth: MiddlewareHandler, deps: NotificationRouteDeps & OneOffDeps): Hono {
  const path = "/service/:service/notifications";
  return new Hono()
    .get(path, auth, listNotifications(deps))
    .post(path, auth, listNotifications(deps))
    .post("/service/:service/send-notification", auth, sendNotification(deps))
    .get(`${path}/csv`, auth, listRows(deps))
    .get(`${path}/:id`, auth, getNotification(deps))
    .get("/service/:service/template/preview/:id/:type", auth, previewLetter(deps));
}

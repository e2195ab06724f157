import { Hono } from "hono";
import type { ApiDeps } from "../../deps.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import { deedPages } from "./deeds.tsx";
import { downloadNotifications } from "./download.ts";
import { listNotifications } from "./list.tsx";
import { downloadLetter, showEmail, showPage } from "./message-parts.ts";
import { idOf } from "./open.ts";
import { type PageDeps, showNotification } from "./page.tsx";
import { resendPages } from "./resend.tsx";
import { pathOf } from "./words.ts";

type NotificationDeps = PageDeps & Pick<ApiDeps, "callbackAttempts" | "log" | "findTemplate">;

/** Messages: found, read, followed, sent anew. */
export function notificationPages(deps: NotificationDeps): Hono<ConsoleEnv> {
  const ofService = "/services/:service/notifications";
  return new Hono<ConsoleEnv>()
    .get("/notifications", listNotifications(deps))
    .get("/notifications/:id", async (c) => {
      const timeline = await deps.findTimeline(idOf(c));
      if (!timeline) throw notThere();
      return c.redirect(pathOf(timeline), 303);
    })
    .get(ofService, listNotifications(deps))
    .get(`${ofService}/download.csv`, downloadNotifications(deps))
    .get(`${ofService}/:id`, showNotification(deps))
    .get(`${ofService}/:id/email.html`, showEmail(deps))
    .get(`${ofService}/:id/pages/:page`, showPage(deps))
    .get(`${ofService}/:id/letter.pdf`, downloadLetter(deps))
    .route("/", deedPages(deps))
    .route("/", resendPages(deps));
}

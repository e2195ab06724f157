import { Hono, type MiddlewareHandler } from "hono";
import type { UsageDeps } from "../usage/deps.ts";
import { countByMonth, countNotifications, showStatistics } from "./count-messages.ts";
import { countTemplatesByMonth, showLastUse, showTemplateStatistics } from "./count-templates.ts";

/** How much a service sent, and what became of it (`spec/admin-api.md` 4.1, 4.4, 4.5). */
export function statisticsRoutes(auth: MiddlewareHandler, deps: UsageDeps): Hono {
  return new Hono()
    .get("/service/:service/statistics", auth, showStatistics(deps))
    .get("/service/:service/notifications/count", auth, countNotifications(deps))
    .get("/service/:service/notifications/monthly", auth, countByMonth(deps))
    .get("/service/:service/notifications/templates_usage/monthly", auth, countTemplatesByMonth(deps))
    .get("/service/:service/template-statistics", auth, showTemplateStatistics(deps))
    .get("/service/:service/template-statistics/last-used/:template", auth, showLastUse(deps));
}

import { Hono, type MiddlewareHandler } from "hono";
import type { UsageDeps } from "../usage/deps.ts";
import { showPerformance } from "./performance.ts";
import { showBills, showDailyVolumes, showProviderVolumes, showServiceVolumes } from "./show-reports.ts";
import { showPlatformStats } from "./show-stats.ts";

/** How much all services sent (`spec/admin-api.md` 4.7). */
export function platformRoutes(auth: MiddlewareHandler, deps: UsageDeps): Hono {
  return new Hono()
    .get("/platform-stats", auth, showPlatformStats(deps))
    .get("/platform-stats/daily-volumes-report", auth, showDailyVolumes(deps))
    .get("/platform-stats/daily-sms-provider-volumes-report", auth, showProviderVolumes(deps))
    .get("/platform-stats/volumes-by-service", auth, showServiceVolumes(deps))
    .get("/platform-stats/data-for-billing-report", auth, showBills(deps))
    .get("/performance-dashboard", auth, showPerformance(deps));
}

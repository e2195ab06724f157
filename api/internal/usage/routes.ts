import { Hono, type MiddlewareHandler } from "hono";
import { changeAllowance, showAllowance } from "./allowance.ts";
import type { UsageDeps } from "./deps.ts";
import { showLetterRates, showSmsRate } from "./rates.ts";
import { showMonthlyUsage, showYearlyUsage } from "./show-usage.ts";

/** What messages cost and services used (`spec/admin-api.md` 4.7). */
export function usageRoutes(auth: MiddlewareHandler, deps: UsageDeps): Hono {
  return new Hono()
    .get("/service/:service/billing/monthly-usage", auth, showMonthlyUsage(deps))
    .get("/service/:service/billing/yearly-usage-summary", auth, showYearlyUsage(deps))
    .get("/service/:service/billing/free-sms-fragment-limit", auth, showAllowance(deps))
    .post("/service/:service/billing/free-sms-fragment-limit", auth, changeAllowance(deps))
    .get("/sms-rate", auth, showSmsRate(deps))
    .get("/sms-rate/", auth, showSmsRate(deps))
    .get("/letter-rates", auth, showLetterRates(deps))
    .get("/letter-rates/", auth, showLetterRates(deps));
}

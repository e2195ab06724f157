import { type Context, Hono } from "hono";
import { countSentToday } from "../../../shared/batch/uploads.ts";
import { financialYearAt } from "../../../shared/billing/financial-year.ts";
import { listMonthlyUsage, listYearlyUsage } from "../../../shared/billing/usage.ts";
import type { ApiDeps } from "../../deps.ts";
import { giveAllowance } from "../../internal/usage/show-usage.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import { usagePage } from "./page.tsx";

type UsageDeps = Pick<ApiDeps, "ask" | "now" | "findService">;

/** No service is older. */
const firstYear = 2015;

/** What a service may send, sent today, and what that cost by what was counted last: counting now would take long. */
export function usagePages(deps: UsageDeps): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();

  pages.get("/services/:service/usage", async (c) => {
    const { ask, now, findService } = deps;
    const { id } = c.var.service;
    const current = financialYearAt(now());
    const year = yearIn(c, current);
    const service = await findService(id);
    if (!service) throw notThere();
    const allowance = await giveAllowance(id, year, deps);
    const [today, months, totals] = await ask((sql) =>
      Promise.all([
        countSentToday(sql, id, now()),
        listMonthlyUsage(sql, id, year),
        listYearlyUsage(sql, id, year),
      ]),
    );
    const freeFragments = allowance?.freeFragments ?? 0;
    return await usagePage(c, { service, today, year, current, freeFragments, months, totals });
  });
  return pages;
}

/** The current one, where the query names no other. */
function yearIn(c: Context<ConsoleEnv>, current: number): number {
  const asked = c.req.query("year");
  if (asked === undefined) return current;
  const year = /^2\d{3}$/.test(asked) ? Number(asked) : 0;
  if (year < firstYear || year > current) throw notThere();
  return year;
}

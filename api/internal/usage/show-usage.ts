import type { Context } from "hono";
import { type Allowance, findAllowance } from "../../../shared/billing/allowance.ts";
import { financialYearAt } from "../../../shared/billing/financial-year.ts";
import { readRateBook } from "../../../shared/billing/rate-queries.ts";
import { listMonthlyUsage, listYearlyUsage, type Usage } from "../../../shared/billing/usage.ts";
import { replaceBilling } from "../../../shared/facts/billing.ts";
import { JsonFloat, type JsonObject } from "../../../shared/json/json.ts";
import { londonDate } from "../../../shared/time/london.ts";
import { answerJson } from "../../answer.ts";
import type { UsageDeps } from "./deps.ts";
import { number } from "./number.ts";
import { existingService, yearOf } from "./requests.ts";

const noYear = "No valid year provided";

/**
 * GET /service/{id}/billing/monthly-usage: texts and letters by month, rate and postage. Of the current year with what
 * was sent today.
 */
export function showMonthlyUsage(deps: UsageDeps) {
  return async (c: Context): Promise<Response> => {
    const { serviceId, year } = await readRequest(c, deps);
    if (year === financialYearAt(deps.now())) await refreshToday(serviceId, deps);
    const rows = await deps.ask((sql) => listMonthlyUsage(sql, serviceId, year));
    return answerJson(
      200,
      rows.map((row) => ({
        ...viewUsage(row),
        month: monthNames[Number(row.month.slice(5)) - 1] ?? "",
        postage: row.postage,
      })),
    );
  };
}

/** GET /service/{id}/billing/yearly-usage-summary: a year's texts, emails and letters by their rates. */
export function showYearlyUsage(deps: UsageDeps) {
  return async (c: Context): Promise<Response> => {
    const { serviceId, year } = await readRequest(c, deps);
    const rows = await deps.ask((sql) => listYearlyUsage(sql, serviceId, year));
    return answerJson(200, rows.map(viewUsage));
  };
}

async function readRequest(
  c: Context,
  { ask, now }: UsageDeps,
): Promise<{ serviceId: string; year: number }> {
  const serviceId = await existingService(c, ask);
  const year = yearOf(c, noYear);
  await giveAllowance(serviceId, year, { ask, now });
  return { serviceId, year };
}

/** What is free must be known before anything is priced; of years to come it is not for a look to decide. */
export async function giveAllowance(
  serviceId: string,
  year: number,
  { ask, now }: Pick<UsageDeps, "ask" | "now">,
): Promise<Allowance | null> {
  return year <= financialYearAt(now()) ? await ask((sql) => findAllowance(sql, serviceId, year)) : null;
}

/** Where it takes too long, or fails, the page shows what was counted within the hour. */
async function refreshToday(serviceId: string, { ask, now, log }: UsageDeps): Promise<void> {
  const day = londonDate(now());
  const types = ["sms", "email", "letter"] as const;
  try {
    await ask(async (sql) => replaceBilling(sql, { serviceId, day, types }, await readRateBook(sql)));
  } catch (error) {
    log.warn({ serviceId, day, err: error }, "Cannot count what was sent today");
  }
}

function viewUsage({ type, rate, sent, chargeable, charged, free, cost }: Usage): JsonObject {
  return {
    notification_type: type,
    rate: new JsonFloat(rate),
    notifications_sent: sent,
    chargeable_units: number(chargeable),
    charged_units: number(charged),
    free_allowance_used: number(free),
    cost: new JsonFloat(cost),
  };
}

const monthNames = [
  ...["January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
];

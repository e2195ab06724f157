import type { Context } from "hono";
import { datesOf } from "../../../shared/billing/financial-year.ts";
import { countSent } from "../../../shared/billing/usage.ts";
import { datesBetween } from "../../../shared/facts/days.ts";
import type { JsonObject } from "../../../shared/json/json.ts";
import { countMonthlyStatuses, countStatuses, type StatusCount } from "../../../shared/statistics/counts.ts";
import { addDays } from "../../../shared/time/calendar.ts";
import { londonDate } from "../../../shared/time/london.ts";
import { answerJson } from "../../answer.ts";
import { Refusal } from "../refusal.ts";
import type { UsageDeps } from "../usage/deps.ts";
import { existingService, parameter, wholeNumber, yearOf } from "../usage/requests.ts";

const types = ["sms", "email", "letter"] as const;
const mostDays = 90;

/** GET /service/{id}/statistics: what became of the messages of the last days, in three numbers a type. */
export function showStatistics({ ask, now }: UsageDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = await existingService(c, ask);
    const today = londonDate(now());
    const days = parameter(c, "today_only") === "True" ? 0 : limitDays(c);
    const query = { serviceId, first: addDays(today, -days), last: today, today };
    const counts = await ask((sql) => countStatuses(sql, query));
    return answerJson(200, { data: summarise(counts.filter(({ isTest }) => !isTest)) });
  };
}

/** As Notify's pages put it: what was asked for, what arrived as far as is known, what did not. */
export function summarise(counts: readonly Omit<StatusCount, "isTest">[]): JsonObject {
  return Object.fromEntries(
    types.map((type) => {
      const sum = (counted: (status: string) => boolean) =>
        counts
          .filter((row) => row.type === type && counted(row.status))
          .reduce((total, { count }) => total + count, 0);
      return [
        type,
        {
          requested: sum((status) => status !== "cancelled"),
          delivered: sum((status) => status === "delivered" || status === "sent"),
          failed: sum((status) => failed.has(status)),
        },
      ];
    }),
  );
}

const failed: ReadonlySet<string> = new Set([
  "failed",
  "technical-failure",
  "temporary-failure",
  "permanent-failure",
  "validation-failed",
  "virus-scan-failed",
]);

/** GET /service/{id}/notifications/count: how many were sent, by what is billed, of the types asked for or of all. */
export function countNotifications({ ask, now }: UsageDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = await existingService(c, ask);
    const today = londonDate(now());
    const asked = c.req.queries("template_type") ?? [];
    const wrong = asked.find((type) => !types.some((known) => known === type));
    if (wrong !== undefined)
      throw new Refusal(400, { template_type: [`${wrong.slice(0, 50)} is not one of sms, email, letter`] });
    const range = { first: addDays(today, -limitDays(c)), last: today };
    const sent = await ask((sql) => countSent(sql, serviceId, range, asked.length > 0 ? asked : types));
    return answerJson(200, { notifications_sent_count: sent });
  };
}

function limitDays(c: Context): number {
  if (parameter(c, "limit_days") === null) return 7;
  const days = wholeNumber(c, "limit_days");
  if (days === null || days < 0 || days > mostDays) {
    throw new Refusal(400, { limit_days: [`limit_days must be between 0 and ${mostDays}`] });
  }
  return days;
}

/** GET /service/{id}/notifications/monthly: a financial year's messages by month, type and status. */
export function countByMonth({ ask, now }: UsageDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = await existingService(c, ask);
    const { first, last } = datesOf(yearOf(c, "Year must be a number"));
    const today = londonDate(now());
    const counts = await ask((sql) => countMonthlyStatuses(sql, { serviceId, first, last, today }));
    const months = new Set(datesBetween(first, last).map((date) => date.slice(0, 7)));
    const data = Object.fromEntries(
      [...months].map((month) => [
        month,
        Object.fromEntries(
          types.map((type) => [
            type,
            Object.fromEntries(
              counts
                .filter((row) => row.month === month && row.type === type)
                .map(({ status, count }) => [status, count]),
            ),
          ]),
        ),
      ]),
    );
    return answerJson(200, { data });
  };
}

import type { Context } from "hono";
import type { Range } from "../../../shared/billing/reports.ts";
import { Refusal } from "../refusal.ts";
import { dateOf, notADate } from "../usage/requests.ts";

/** Both dates of a query; today where they are not given. */
export function rangeOrToday(c: Context, today: string): Range {
  return { first: dateOf(c, "start_date") ?? today, last: dateOf(c, "end_date") ?? today };
}

/** Both dates of a report's query. Throws where one is missing. */
export function rangeOf(c: Context): Range {
  const [first, last] = [dateOf(c, "start_date"), dateOf(c, "end_date")];
  if (first === null || last === null) throw notADate();
  if (first > last) throw new Refusal(400, "Start date must be before end date");
  return { first, last };
}

import type { Pool } from "../database.ts";
import { planRates, type RateList, type RatePlan } from "./new-rates.ts";
import { listDefaultAllowances, readRateBook } from "./rate-queries.ts";

/** Takes up what is new of a list, all of it or, where something does not fit or it is only a trial, nothing. */
export async function addRates(sql: Pool, list: RateList, { trial }: { trial: boolean }): Promise<RatePlan> {
  return await sql.begin(async (tx) => {
    // Two lists at once would not see each other.
    await tx`select pg_advisory_xact_lock(hashtextextended('rates', 0))`;
    const plan = planRates(list, await readRateBook(tx), await listDefaultAllowances(tx));
    if (plan.faults.length > 0 || trial) return plan;
    const { sms, letters, allowances } = plan.added;
    await tx`
      insert into rates (valid_from, rate)
      select r."validFrom", r.pounds
      from json_to_recordset(${JSON.stringify(sms)}::text::json) as r ("validFrom" timestamptz, pounds numeric)`;
    await tx`
      insert into letter_rates (start_date, end_date, sheet_count, rate, post_class)
      select r."startsAt", r."endsAt", r.sheets, r.pounds, r.postage
      from json_to_recordset(${JSON.stringify(letters)}::text::json) as r ("startsAt" timestamptz,
        "endsAt" timestamptz, sheets integer, pounds numeric, postage text)`;
    await tx`
      insert into default_annual_allowance (valid_from_financial_year_start, organisation_type, allowance)
      select r."fromYear", r."organisationType", r.allowance
      from json_to_recordset(${JSON.stringify(allowances)}::text::json) as r ("fromYear" integer,
        "organisationType" text, allowance bigint)`;
    return plan;
  });
}

import type { Db } from "../database.ts";
import type { LetterRate, RateBook, SmsRate } from "./rate-book.ts";

/** Every rate, oldest first; of letters those of the crown alone (`spec/data-model.md` 8). */
export async function readRateBook(db: Db): Promise<RateBook> {
  const sms = await db<SmsRate[]>`
    select valid_from as "validFrom", rate::float8 as pounds, example from rates
    where notification_type = 'sms' order by valid_from`;
  const letters = await db<LetterRate[]>`
    select start_date as "startsAt", end_date as "endsAt", post_class as postage, sheet_count as sheets,
      rate::float8 as pounds, example
    from letter_rates where crown order by post_class, sheet_count, start_date`;
  return { sms, letters };
}

/** What a service gets in a year, by what kind of organisation it is, from a year on. */
export interface DefaultAllowance {
  fromYear: number;
  organisationType: string;
  /** Fragments. */
  allowance: number;
  example: boolean;
}

export async function listDefaultAllowances(db: Db): Promise<DefaultAllowance[]> {
  return await db<DefaultAllowance[]>`
    select valid_from_financial_year_start as "fromYear", organisation_type as "organisationType",
      allowance::float8 as allowance, example
    from default_annual_allowance
    where notification_type = 'sms' order by organisation_type, valid_from_financial_year_start`;
}

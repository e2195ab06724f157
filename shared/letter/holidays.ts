import type { Db } from "../database.ts";

/** A bank holiday that an operator loaded. */
export interface Holiday {
  /** As `2027-05-10`. */
  date: string;
  /** As GOV.UK names it; empty where nobody said. */
  name: string;
}

/** What was loaded, by date. */
export async function listHolidays(db: Db): Promise<Holiday[]> {
  return await db<Holiday[]>`select date::text as date, name from bank_holidays order by date`;
}

/** The dates of these, for the rules that ask about working days. */
export async function readHolidayDates(db: Db): Promise<ReadonlySet<string>> {
  return new Set((await listHolidays(db)).map(({ date }) => date));
}

/** Takes up those that are not there yet, which it answers. Of two of a date the first counts. */
export async function addHolidays(db: Db, holidays: readonly Holiday[]): Promise<Holiday[]> {
  return await db<Holiday[]>`
    insert into bank_holidays (date, name)
    select date, name from json_to_recordset(${JSON.stringify(holidays)}::text::json) as h (date date, name text)
    on conflict (date) do nothing
    returning date::text as date, name`;
}

/** False where it was not loaded. */
export async function removeHoliday(db: Db, date: string): Promise<boolean> {
  const { count } = await db`delete from bank_holidays where date = ${date}`;
  return count > 0;
}

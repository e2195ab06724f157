import type { Db, Pool } from "../database.ts";
import type { LoadedDays } from "../time/bank-holidays.ts";

/** A bank holiday that an operator loaded. */
export interface Holiday {
  /** As `2027-05-10`. */
  date: string;
  /** As GOV.UK names it; empty where nobody said. */
  name: string;
}

/** A day that was loaded. */
export interface LoadedDay extends Holiday {
  /** No holiday though the rules say so: it was moved to another day. */
  working: boolean;
}

/** What was loaded, by date. */
export async function listLoadedDays(db: Db): Promise<LoadedDay[]> {
  return await db<LoadedDay[]>`
    select date::text as date, name, working_day as working from bank_holidays order by date`;
}

/** The same, for the rules that ask about working days. */
export async function readLoadedDays(db: Db): Promise<LoadedDays> {
  return new Map((await listLoadedDays(db)).map(({ date, working }) => [date, !working]));
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

/** Has a holiday be kept on another day than the rules, or what was loaded, say. Done again it changes nothing. */
export async function moveHoliday(sql: Pool, from: string, to: Holiday): Promise<void> {
  const days = [
    { date: from, name: to.name, working: true },
    { ...to, working: false },
  ];
  await sql`
    insert into bank_holidays (date, name, working_day)
    select date, name, working from json_to_recordset(${JSON.stringify(days)}::text::json)
      as d (date date, name text, working boolean)
    on conflict (date) do update set name = excluded.name, working_day = excluded.working_day`;
}

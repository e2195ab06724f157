import { addDays, weekdayOf } from "./calendar.ts";

/**
 * Whether England and Wales keep a bank holiday on a date such as `2026-12-28`. Right from 2013, and for all that was
 * proclaimed by November 2026: by rule where a rule has held since, by name where a day was moved or added.
 * What was proclaimed later is `loaded`.
 */
export function isBankHoliday(date: string, loaded: LoadedDays = none): boolean {
  const told = loaded.get(date);
  if (told !== undefined) return told;
  if (moved.has(date)) return false;
  return added.has(date) || yearlyHolidays(Number(date.slice(0, 4))).includes(date);
}

/** Days that operators loaded: whether each is a holiday, or one that was moved to another day. */
export type LoadedDays = ReadonlyMap<string, boolean>;

const none: LoadedDays = new Map();

/** Mondays that were working days, for their holiday was kept on one of `added`. */
const moved: ReadonlySet<string> = new Set(["2020-05-04", "2022-05-30"]);

const added: ReadonlySet<string> = new Set([
  "2020-05-08", // 75 years after VE day.
  "2022-06-02",
  "2022-06-03", // The Platinum Jubilee.
  "2022-09-19", // The Queen's funeral.
  "2023-05-08", // The King's coronation.
]);

const monday = 1;

function yearlyHolidays(year: number): string[] {
  const easter = easterSunday(year);
  return [
    newYear(`${year}-01-01`),
    addDays(easter, -2),
    addDays(easter, 1),
    mondayFrom(`${year}-05-01`),
    mondayFrom(`${year}-05-25`),
    mondayFrom(`${year}-08-25`),
    ...christmas(year),
  ];
}

/** The first Monday on or after a date. */
function mondayFrom(date: string): string {
  return addDays(date, (monday + 7 - weekdayOf(date)) % 7);
}

/** At a weekend it is kept on Monday. */
function newYear(date: string): string {
  return isWeekend(date) ? mondayFrom(date) : date;
}

/** Christmas and Boxing Day; one that falls on a weekend is kept on the next weekday that is free. */
function christmas(year: number): string[] {
  const [first, second] = [`${year}-12-25`, `${year}-12-26`];
  if (isWeekend(first) && isWeekend(second)) return [`${year}-12-27`, `${year}-12-28`];
  if (isWeekend(first)) return [second, `${year}-12-27`];
  return isWeekend(second) ? [first, `${year}-12-28`] : [first, second];
}

function isWeekend(date: string): boolean {
  return [0, 6].includes(weekdayOf(date));
}

/** By the Gregorian calendar (Meeus, "Astronomical Algorithms", chapter 8). */
function easterSunday(year: number): string {
  const moon = year % 19;
  const century = Math.floor(year / 100);
  const rest = year % 100;
  const drift = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const epact = (19 * moon + century - Math.floor(century / 4) - drift + 15) % 30;
  const toSunday = (32 + 2 * (century % 4) + 2 * Math.floor(rest / 4) - epact - (rest % 4)) % 7;
  const late = Math.floor((moon + 11 * epact + 22 * toSunday) / 451);
  // Counted from 22 March, the earliest there is.
  return addDays(`${year}-03-22`, epact + toSunday - 7 * late);
}

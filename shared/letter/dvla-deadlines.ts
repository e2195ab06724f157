import type { LoadedDays } from "../time/bank-holidays.ts";
import { addDays } from "../time/calendar.ts";
import { londonDate, londonMidnight, londonTime } from "../time/london.ts";
import { deadlineOf } from "./print-day.ts";
import { isWorkingDay } from "./timings.ts";

/* What the printer ought to have done by a moment at which somebody looks (`spec/letters.md` 6, the latest rules). */

/**
 * Sent on this date or before: null on a day on which the printer does not work, when nobody looks. `holidays`: the bank
 * holidays that were loaded.
 */
export function sendingSince(at: Date, holidays?: LoadedDays): string | null {
  return workingDayBefore(at, 2, holidays);
}

/** The same of answers: those to what was sent on this date or before should have come. */
export function answersDue(at: Date, holidays?: LoadedDays): string | null {
  return workingDayBefore(at, 1, holidays);
}

/** The end of a London date. */
export function endOf(date: string): Date {
  return londonMidnight(addDays(date, 1));
}

/** Made before it, a letter should have been printed by now. */
export function printedDeadline(at: Date): Date {
  return deadlineOf(addDays(londonDate(at), -1));
}

/** Whether it is this hour in London: of a schedule's two ticks in UTC, one is meant on each side of a clock change. */
export function isLondonHour(at: Date, hour: number): boolean {
  return Number(londonTime(at).slice(11, 13)) === hour;
}

function workingDayBefore(at: Date, days: number, holidays?: LoadedDays): string | null {
  const today = londonDate(at);
  if (!isWorkingDay(today, holidays)) return null;
  let date = today;
  for (let left = days; left > 0; ) {
    date = addDays(date, -1);
    if (isWorkingDay(date, holidays)) left--;
  }
  return date;
}

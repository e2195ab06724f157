import { addDays } from "../time/calendar.ts";
import { londonDate, londonTime, parseLondonTime } from "../time/london.ts";

/*
 * Which evening's print run a letter belongs to. Collating, cancelling and looking up all ask here, so that no letter
 * falls between two rules (`spec/letters.md` 1.7, 8 and 10). A print date is the London day whose 17:30 closes the run,
 * as `2026-11-21`.
 */

/**
 * The print date of a letter made at an instant. What is made at exactly 17:30 London time is the next day's, where
 * Notify's three rules disagreed.
 */
export function printDateOf(at: Date): string {
  const today = londonDate(at);
  return at.getTime() < deadlineOf(today).getTime() ? today : addDays(today, 1);
}

/** When a print date closes: letters made before it are printed. Throws for what is no date. */
export function deadlineOf(printDate: string): Date {
  return londonInstant(printDate, "17:30:00");
}

/** When its print run begins. Throws for what is no date. */
export function runTimeOf(printDate: string): Date {
  return londonInstant(printDate, "17:50:00");
}

/**
 * Whether the evening's run begins with the tick that is due at an instant: of the two a day, at 16:50 and 17:50 UTC, the
 * one at which London's clocks show 17:50 (`spec/schedule.md` 5).
 */
export function isRunTime(dueAt: Date): boolean {
  const time = londonTime(dueAt).slice(11, 16);
  return time >= "17:50" && time < "18:50";
}

/** The last print date that was closed at an instant. */
export function lastClosed(at: Date): string {
  return addDays(printDateOf(at), -1);
}

function londonInstant(date: string, time: string): Date {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(date) ? parseLondonTime(`${date} ${time}`) : null;
  if (at === null) throw new RangeError(`Cannot find ${time} in London: "${date}" is not a date`);
  return at;
}

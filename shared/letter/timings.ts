import type { Postage } from "../recipient/postage.ts";
import { isBankHoliday, type LoadedDays } from "../time/bank-holidays.ts";
import { addDays, weekdayOf } from "../time/calendar.ts";
import { londonDate, londonMidnight } from "../time/london.ts";

/** When a letter is printed and delivered (notifications-utils `letter_timings.py`, `spec/recipients.md` 3.5). */
export interface LetterTimings {
  printedBy: Date;
  earliestDelivery: Date;
  latestDelivery: Date;
}

const minuteMs = 60 * 1000;
const hourMs = 60 * minuteMs;

/** Letters until 17:30 London time count as that day's. */
const untilMidnightMs = 6.5 * hourMs;

/** In days of post after the day of printing. */
const deliveryDays: Readonly<Record<Postage, readonly [earliest: number, latest: number]>> = {
  first: [1, 1],
  second: [4, 5],
  economy: [4, 7],
  europe: [4, 6],
  "rest-of-world": [6, 8],
};

/** `holidays`: the bank holidays that were loaded, as everywhere here. */
export function letterTimings(createdAt: Date, postage: Postage, holidays?: LoadedDays): LetterTimings {
  const printDay = printDayOf(createdAt, holidays);
  const isCarried = postage === "first" ? isFirstClassDay : isWorkingDay;
  const isPostDay = (date: string) => isCarried(date, holidays);
  const [earliest, latest] = deliveryDays[postage];
  return {
    printedBy: londonHour(printDay, 15),
    earliestDelivery: londonHour(daysAfter(printDay, earliest, isPostDay), 16),
    latestDelivery: londonHour(daysAfter(printDay, latest, isPostDay), 16),
  };
}

/** `estimated_delivery` of the API: the latest, which in Notify keeps the seconds of the letter's creation. */
export function estimatedDelivery(createdAt: Date, postage: Postage, holidays?: LoadedDays): Date {
  const { latestDelivery } = letterTimings(createdAt, postage, holidays);
  return new Date(latestDelivery.getTime() + (createdAt.getTime() % minuteMs));
}

/** The date a letter is printed on: the working day after the one it counts for. */
function printDayOf(createdAt: Date, holidays?: LoadedDays): string {
  const day = londonDate(new Date(createdAt.getTime() + untilMidnightMs));
  return daysAfter(day, 1, (date) => isWorkingDay(date, holidays));
}

/** The date `count` days after another, of days that count. */
function daysAfter(date: string, count: number, counts: (date: string) => boolean): string {
  const next = addDays(date, 1);
  const remaining = counts(next) ? count - 1 : count;
  return remaining === 0 ? next : daysAfter(next, remaining, counts);
}

/** Whether the printer works on a date, and post of all classes is carried. */
export function isWorkingDay(date: string, holidays?: LoadedDays): boolean {
  return weekdayOf(date) !== 6 && isFirstClassDay(date, holidays);
}

function isFirstClassDay(date: string, holidays?: LoadedDays): boolean {
  return weekdayOf(date) !== 0 && !isBankHoliday(date, holidays);
}

/** Clocks change on Sundays, when nothing is printed or delivered. */
function londonHour(date: string, hour: number): Date {
  return new Date(londonMidnight(date).getTime() + hour * hourMs);
}

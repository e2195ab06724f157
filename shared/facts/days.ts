import { addDays } from "../time/calendar.ts";
import { londonMidnight } from "../time/london.ts";

/** What is counted: what was sent and costs, or what became of everything. */
export type FactKind = "billing" | "status";

/** Half open. */
export interface Span {
  from: Date;
  to: Date;
}

/** A London day, 23 to 25 hours. */
export function spanOf(day: string): Span {
  return { from: londonMidnight(day), to: londonMidnight(addDays(day, 1)) };
}

/** The dates from one to another, both of them. */
export function datesBetween(first: string, last: string): string[] {
  const dates: string[] = [];
  for (let date = first; date <= last; date = addDays(date, 1)) dates.push(date);
  return dates;
}

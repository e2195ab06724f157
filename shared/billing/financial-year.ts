import { londonDate } from "../time/london.ts";

/* A financial year is named by the year it begins in, on 1 April in London (`spec/data-model.md` 8). */

/** The one that an instant falls into. */
export function financialYearAt(at: Date): number {
  return financialYearOf(londonDate(at));
}

/** The one that a London date such as `2026-03-31` falls into: 2025. */
export function financialYearOf(date: string): number {
  const year = Number(date.slice(0, 4));
  return date.slice(5) < "04-01" ? year - 1 : year;
}

/** Its first and last London dates. */
export function datesOf(year: number): { first: string; last: string } {
  return { first: `${year}-04-01`, last: `${year + 1}-03-31` };
}

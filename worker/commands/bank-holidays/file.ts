import * as v from "valibot";
import type { Holiday } from "../../../shared/letter/holidays.ts";
import { addDays } from "../../../shared/time/calendar.ts";

/** A day that there is, as `2027-05-10`. */
export const HolidayDate = v.pipe(
  v.string("must be a date"),
  v.regex(/^\d{4}-\d{2}-\d{2}$/, "must be a date such as 2027-05-10"),
  v.check((date) => Date.parse(date) > 0 && addDays(date, 0) === date, "must be a date that there is"),
);

/** What GOV.UK publishes at `/bank-holidays.json`, of which England and Wales are taken. */
const Published = v.object({
  "england-and-wales": v.object({
    events: v.array(v.object({ date: HolidayDate, title: v.pipe(v.string(), v.maxLength(255)) })),
  }),
});

/** A line: a date, and the name after a space or comma. */
const line = /^(\S{10})(?:[\s,]+(.{1,255}))?$/;

/** Bank holidays from GOV.UK's JSON, or from lines. Throws what is wrong with them. */
export function parseHolidays(text: string): Holiday[] {
  const plain = text.replace(/^\ufeff/, "").trim();
  return plain.startsWith("{") ? fromJson(plain) : plain.split(/\r?\n/).filter(isNotEmpty).map(fromLine);
}

function fromJson(text: string): Holiday[] {
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), Published), text);
  if (!result.success) {
    const faults = result.issues.map((issue) => `${v.getDotPath(issue) ?? "it"}: ${issue.message}`);
    throw new Error(`Cannot read the bank holidays: ${faults.slice(0, 10).join("; ")}`);
  }
  return result.output["england-and-wales"].events.map(({ date, title }) => ({ date, name: title }));
}

function fromLine(text: string, index: number): Holiday {
  const [, date, name = ""] = line.exec(text.trim()) ?? [];
  const result = v.safeParse(HolidayDate, date);
  if (result.success) return { date: result.output, name };
  throw new Error(
    `Cannot read the bank holidays: line ${index + 1} must be a date such as 2027-05-10, and may name it after that`,
  );
}

function isNotEmpty(text: string): boolean {
  return text.trim() !== "";
}

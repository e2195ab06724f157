import * as v from "valibot";
import { listLoadedDays } from "../../../shared/letter/holidays.ts";
import { isBankHoliday } from "../../../shared/time/bank-holidays.ts";
import { addDays } from "../../../shared/time/calendar.ts";
import { command, Flag, jsonOption } from "../command.ts";
import { printRows } from "../print.ts";

const Year = v.pipe(v.string("must be a year"), v.regex(/^20\d\d$/, "must be a year such as 2027"));

export const listHolidaysCommand = command({
  name: "list",
  description:
    "Days on which no letter is printed or carried, beside weekends: those loaded, or all of a year; one that was moved is not kept where it was",
  args: {
    year: { type: "string", valueHint: "yyyy", description: "All of this year, those known by rule too" },
    json: jsonOption,
  },
  input: v.object({ year: v.optional(Year), json: Flag }),
  async run({ year, json }, { sql, print }) {
    const loaded = (await listLoadedDays(sql)).filter(({ date }) => date.startsWith(year ?? ""));
    const rows = [
      ...loaded.map(({ date, name, working }) => ({ date, name, kept: !working, loaded: true })),
      ...(year === undefined ? [] : byRule(year))
        .filter((date) => !loaded.some((holiday) => holiday.date === date))
        .map((date) => ({ date, name: "", kept: true, loaded: false })),
    ];
    printRows(
      rows.toSorted((a, b) => a.date.localeCompare(b.date)),
      { print, json, nothing: "None was loaded: those of a year are shown by --year" },
    );
  },
});

function byRule(year: string): string[] {
  const days = Array.from({ length: 366 }, (_, index) => addDays(`${year}-01-01`, index));
  return days.filter((date) => date.startsWith(year) && isBankHoliday(date));
}

import * as v from "valibot";
import { moveHoliday, readLoadedDays } from "../../../shared/letter/holidays.ts";
import { isBankHoliday } from "../../../shared/time/bank-holidays.ts";
import { command, Flag, jsonOption, Name } from "../command.ts";
import { printFacts } from "../print.ts";
import { HolidayDate } from "./file.ts";

export const moveHolidayCommand = command({
  name: "move",
  description:
    'Have a bank holiday of England and Wales kept on another day, as in 2020 and 2022: letters are printed and carried on the day it left. For example: bun run cli bank-holidays move 2030-05-06 2030-05-08 --name "VE Day"',
  args: {
    from: { type: "positional", description: "The day it would be on" },
    to: { type: "positional", description: "The day it is kept on" },
    name: { type: "string", valueHint: "text", description: "As GOV.UK names it" },
    "dry-run": { type: "boolean", description: "Only show what it would change" },
    json: jsonOption,
  },
  input: v.object({
    from: HolidayDate,
    to: HolidayDate,
    name: v.optional(Name),
    dryRun: Flag,
    json: Flag,
  }),
  async run({ from, to, name = "", dryRun, json }, { sql, print, note }) {
    const loaded = await readLoadedDays(sql);
    // Where it was moved before, that is not for this to doubt.
    if (!isBankHoliday(from, loaded) && loaded.get(from) !== false) {
      throw new Error(`Cannot move ${from}: it is no bank holiday`);
    }
    if (!dryRun) await moveHoliday(sql, from, { date: to, name });
    printFacts({ working: from, holiday: to }, { print, json });
    if (dryRun) note("Nothing was changed");
  },
});

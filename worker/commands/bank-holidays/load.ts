import * as v from "valibot";
import { addHolidays, readLoadedDays } from "../../../shared/letter/holidays.ts";
import { isBankHoliday } from "../../../shared/time/bank-holidays.ts";
import { command, Flag, jsonOption, Text } from "../command.ts";
import { printFacts } from "../print.ts";
import { readText } from "../read-file.ts";
import { parseHolidays } from "./file.ts";

export const loadHolidaysCommand = command({
  name: "load",
  description:
    "Take up bank holidays of England and Wales that were proclaimed: GOV.UK's bank-holidays.json, or lines such as 2027-05-10 Name. Those known already are passed over, so loading a file again changes nothing",
  args: {
    file: { type: "positional", description: "The file; - for standard input" },
    "dry-run": { type: "boolean", description: "Only show what it would take up" },
    json: jsonOption,
  },
  input: v.object({ file: Text, "dry-run": Flag, json: Flag }),
  async run({ file, "dry-run": trial, json }, { sql, print, note, readInput }) {
    const listed = parseHolidays(file === "-" ? await readInput() : await readText(file));
    const loaded = await readLoadedDays(sql);
    const unknown = listed.filter(({ date }) => !isBankHoliday(date, loaded));
    const added = trial ? unknown : await addHolidays(sql, unknown);
    const dates = [...new Set(added.map(({ date }) => date))].toSorted();
    printFacts({ added: dates.length, known: listed.length - unknown.length }, { print, json });
    for (const date of dates) note(date);
    if (trial) note("Nothing was changed");
  },
});

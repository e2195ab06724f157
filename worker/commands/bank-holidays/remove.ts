import * as v from "valibot";
import { removeHoliday } from "../../../shared/letter/holidays.ts";
import { command, Flag, jsonOption } from "../command.ts";
import { printFacts } from "../print.ts";
import { HolidayDate } from "./file.ts";

export const removeHolidayCommand = command({
  name: "remove",
  description:
    "Forget a bank holiday that was loaded, or moved, in error; of one that was moved both days are removed",
  args: { date: { type: "positional", description: "Such as 2027-05-10" }, json: jsonOption },
  input: v.object({ date: HolidayDate, json: Flag }),
  async run({ date, json }, { sql, print }) {
    if (!(await removeHoliday(sql, date))) throw new Error(`Cannot remove ${date}: it was not loaded`);
    printFacts({ removed: date }, { print, json });
  },
});

import * as v from "valibot";
import { listPrintRuns } from "../../../shared/letter/print-run.ts";
import { command, count, Flag, jsonOption } from "../command.ts";
import { printRows } from "../print.ts";

export const listPrintRunsCommand = command({
  name: "runs",
  description: "List print runs and how far they are, the newest first",
  args: {
    limit: { type: "string", valueHint: "n", description: "30 if not given" },
    json: jsonOption,
  },
  input: v.object({ limit: v.optional(count({ least: 1, most: 1000 }), "30"), json: Flag }),
  async run({ limit, json }, { sql, print }) {
    printRows(await listPrintRuns(sql, limit), { print, json, nothing: "No print runs" });
  },
});

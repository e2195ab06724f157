import * as v from "valibot";
import { listOpenBatches } from "../../../shared/batch/process-repairs.ts";
import { command, Flag, jsonOption } from "../command.ts";
import { printRows } from "../print.ts";

export const listBatchesCommand = command({
  name: "list",
  description:
    "Spreadsheets that are not sent yet, the oldest first: how far they are, and how often they were repaired",
  args: { json: jsonOption },
  input: v.object({ json: Flag }),
  async run({ json }, { sql, print }) {
    printRows(await listOpenBatches(sql, null), { print, json, nothing: "All are sent" });
  },
});

import * as v from "valibot";
import { listOpenBatches } from "../../../shared/batch/process-repairs.ts";
import { command, Flag, Id, jsonOption } from "../command.ts";
import { printFacts } from "../print.ts";

export const showBatchOfRowsCommand = command({
  name: "show",
  description: "How far one spreadsheet is",
  args: { batch: { type: "positional", description: "Its id" }, json: jsonOption },
  input: v.object({ batch: Id, json: Flag }),
  async run({ batch: id, json }, { sql, print }) {
    const [batch] = await listOpenBatches(sql, id);
    if (!batch) throw new Error(`Cannot find the batch ${id}: there is none`);
    printFacts(batch, { print, json });
  },
});

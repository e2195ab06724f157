import * as v from "valibot";
import { listBatches } from "../../../shared/letter/batch.ts";
import { command, Flag, Id, jsonOption } from "../command.ts";
import { printFacts, printRows, wireRow } from "../print.ts";
import { getRun } from "./known.ts";

export const showPrintRunCommand = command({
  name: "show-run",
  description: "Show a print run with its batches",
  args: { run: { type: "positional", description: "The run's id" }, json: jsonOption },
  input: v.object({ run: Id, json: Flag }),
  async run({ run: id, json }, { sql, print }) {
    const run = await getRun(sql, id);
    const batches = await listBatches(sql, id);
    if (json) return printFacts({ ...run, batches: batches.map(wireRow) }, { print, json });
    printFacts(run, { print, json });
    print("");
    const rows = batches.map(({ id: batchId, name, state, letters, dropped, bytes, uploadedAt, fault }) => ({
      ...{ id: batchId, name, state, letters, dropped, bytes, uploadedAt, fault },
    }));
    printRows(rows, { print, json, nothing: "No batches" });
  },
});

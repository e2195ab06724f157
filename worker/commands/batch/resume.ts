import * as v from "valibot";
import { resumeBatch } from "../../../shared/batch/process-repairs.ts";
import { command, Flag, Id, jsonOption } from "../command.ts";
import { printFacts } from "../print.ts";

const refusals = {
  working: "a worker has it, or will: see queues show process-batch",
  done: "it has nothing more to send",
  none: "there is none",
};

export const resumeBatchCommand = command({
  name: "resume",
  description:
    "Go on at once with a spreadsheet that stands still, or that was given up after ten repairs: rows that were not stored are, and none is sent twice",
  args: { batch: { type: "positional", description: "Its id" }, json: jsonOption },
  input: v.object({ batch: Id, json: Flag }),
  async run({ batch, json }, { sql, print }) {
    const outcome = await resumeBatch(sql, batch, new Date());
    if (outcome !== "queued") throw new Error(`Cannot go on with the batch ${batch}: ${refusals[outcome]}`);
    printFacts({ queued: batch }, { print, json });
  },
});

import * as v from "valibot";
import { listBatchLetters } from "../../../shared/letter/batch.ts";
import { command, count, Flag, jsonOption, Text } from "../command.ts";
import { printFacts, printRows, wireRow } from "../print.ts";
import { getBatch } from "./known.ts";

export const showBatchCommand = command({
  name: "show-batch",
  description: "Show a batch with its letters",
  args: {
    batch: { type: "positional", description: "The batch's id, or its zip's name" },
    limit: { type: "string", valueHint: "n", description: "How many letters; 5000 if not given" },
    json: jsonOption,
  },
  input: v.object({
    batch: Text,
    limit: v.optional(count({ least: 1, most: 100_000 }), "5000"),
    json: Flag,
  }),
  async run({ batch: idOrName, limit, json }, { sql, print }) {
    const batch = await getBatch(sql, idOrName);
    const letters = await listBatchLetters(sql, { batchId: batch.id, limit });
    if (json) return printFacts({ ...batch, members: letters.map(wireRow) }, { print, json });
    printFacts(batch, { print, json });
    print("");
    printRows(letters, { print, json, nothing: "No letters" });
  },
});

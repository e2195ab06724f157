import * as v from "valibot";
import { retryPrinting } from "../../../shared/letter/retry.ts";
import { command, type Deps, Flag, jsonOption, Text } from "../command.ts";
import { getRunOrBatch } from "./known.ts";

const Input = v.object({ id: Text, json: Flag });

export const retryLettersCommand = command({
  name: "retry",
  description: "Queue what is left of a print run, or one batch, again: nothing is sent twice by it",
  args: {
    id: { type: "positional", description: "The run's or the batch's id, or the zip's name" },
    json: jsonOption,
  },
  input: Input,
  run: retry,
});

async function retry({ id, json }: v.InferOutput<typeof Input>, { sql, print }: Deps) {
  const of = await getRunOrBatch(sql, id);
  const queued = await retryPrinting(sql, of);
  if (json) print(JSON.stringify({ queued }));
  else if (queued === 0) print(`Nothing of ${id} is left to be sent`);
  else print(of.run?.status === "planning" ? `Queued the planning of ${id}` : `Queued ${queued} batches`);
}

import * as v from "valibot";
import { abandonBatches } from "../../../shared/letter/batch-abandon.ts";
import { command, type Deps, Flag, jsonOption, Text } from "../command.ts";
import { getRunOrBatch } from "./known.ts";

const Input = v.object({
  id: Text,
  reason: v.optional(Text, "An operator gave it up"),
  force: v.optional(
    v.literal("print twice", 'must be the words "print twice": what the printer has, it prints'),
  ),
  json: Flag,
});

export const abandonCommand = command({
  name: "abandon",
  description: "Give up a print run or a batch that is not sent: its letters are free for another run",
  args: {
    id: { type: "positional", description: "The run's or the batch's id, or the zip's name" },
    reason: { type: "string", valueHint: "words", description: "Why, for those who look later" },
    force: {
      type: "string",
      valueHint: "words",
      description: 'Also what is with the printer or may be; the words are "print twice"',
    },
    json: jsonOption,
  },
  input: Input,
  run: abandon,
});

async function abandon({ id, reason, force, json }: v.InferOutput<typeof Input>, { sql, print }: Deps) {
  const { run, batch } = await getRunOrBatch(sql, id);
  const of = batch ? { batchId: batch.id } : { runId: run.id };
  const isForced = force !== undefined;
  const { batches, letters, kept } = await abandonBatches(sql, {
    of,
    reason,
    force: isForced,
    at: new Date(),
  });
  if (json) print(JSON.stringify({ batches, letters, kept }));
  else print(`Gave up ${batches} batches; ${letters} letters are free for another run`);
  if (kept.length === 0) return;
  const names = kept.map(({ name, state }) => `${name} is ${state}`).join(", ");
  const hint = isForced
    ? "a worker is sending it"
    : 'the printer may have it; --force "print twice" gives it up too';
  throw new Error(`Cannot give up all of ${id}: ${names} (${hint})`);
}

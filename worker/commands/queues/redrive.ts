import * as v from "valibot";
import { redriveDeadLetters } from "../../../shared/queue/redrive.ts";
import { findDeadLetterQueue } from "../../../shared/queue/status.ts";
import { command, type Deps, Flag, Id, jsonOption, UsageError } from "../command.ts";
import { QueueName } from "./queue-name.ts";

const Input = v.object({ id: v.optional(Id), queue: v.optional(QueueName), json: Flag });

export const redriveCommand = command({
  name: "redrive",
  description: "Put dead letters back into the queue they came from, with all their attempts",
  args: {
    id: { type: "positional", required: false, description: "One dead letter, as queues dead names it" },
    queue: { type: "string", valueHint: "name", description: "All of this queue" },
    json: jsonOption,
  },
  input: Input,
  run: redrive,
});

/** Each goes back once, however often and by however many it is asked for: moving it takes it from the dead letters. */
async function redrive({ id, queue, json }: v.InferOutput<typeof Input>, { sql, print }: Deps) {
  if ((id === undefined) === (queue === undefined)) throw new UsageError("Give either ID or --queue");
  const source = queue ?? (id === undefined ? "" : await findDeadLetterQueue(sql, id));
  const moved = await redriveDeadLetters(sql, id === undefined ? { queue: queue ?? "" } : { id });
  if (json) print(JSON.stringify({ moved }));
  else if (id === undefined) print(`Put ${moved} jobs back into ${queue}`);
  else print(moved === 0 ? `No dead letter ${id}: it may be back already` : `Put ${id} back into ${source}`);
}

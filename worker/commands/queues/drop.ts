import * as v from "valibot";
import { countDroppable, dropDeadLetters } from "../../../shared/queue/drop-dead.ts";
import { command, Flag, Id, jsonOption, Name, UsageError } from "../command.ts";
import { QueueName } from "./queue-name.ts";

export const dropCommand = command({
  name: "drop",
  description: "Let dead letters go for good: what they were to do is never done",
  args: {
    id: { type: "positional", required: false, description: "One dead letter, as queues dead names it" },
    queue: { type: "string", valueHint: "name", description: "All of this queue" },
    reason: { type: "string", valueHint: "text", description: "Why; it stays as an event, so name nobody" },
    "dry-run": { type: "boolean", description: "Say how many, and drop none" },
    json: jsonOption,
  },
  input: v.object({
    id: v.optional(Id),
    queue: v.optional(QueueName),
    reason: v.optional(Name),
    dryRun: Flag,
    json: Flag,
  }),
  async run({ id, queue, reason, dryRun, json }, { sql, print }) {
    if ((id === undefined) === (queue === undefined)) throw new UsageError("Give either ID or --queue");
    const which = id === undefined ? { queue: queue ?? "" } : { id };
    const tell = (dropped: number) => {
      if (json) print(JSON.stringify({ dropped, dry_run: dryRun }));
      else print(`${dryRun ? "Would drop" : "Dropped"} ${dropped} dead letters`);
    };
    if (dryRun) return tell(await countDroppable(sql, which));
    if (reason === undefined) throw new UsageError("Give a --reason");
    tell(await dropDeadLetters(sql, which, { reason, at: new Date() }));
  },
});

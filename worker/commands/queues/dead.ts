import * as v from "valibot";
import { countDeadLetters, listDeadLetters } from "../../../shared/queue/status.ts";
import { command, count, Flag, jsonOption } from "../command.ts";
import { printRows } from "../print.ts";
import { QueueName } from "./queue-name.ts";

export const deadLettersCommand = command({
  name: "dead",
  description: "List jobs that used up their attempts, oldest first, without what they hold",
  args: {
    queue: { type: "string", valueHint: "name", description: "Only those of this queue" },
    limit: { type: "string", valueHint: "n", description: "50 if not given" },
    json: jsonOption,
  },
  input: v.object({
    queue: v.optional(QueueName),
    limit: v.optional(count({ least: 1, most: 10_000 }), "50"),
    json: Flag,
  }),
  async run({ queue = null, limit, json }, { sql, print, note }) {
    const letters = await listDeadLetters(sql, { queue, limit });
    printRows(letters, { print, json, nothing: "No dead letters" });
    const counts = await countDeadLetters(sql, queue);
    for (const { queue: name, jobs } of counts) note(`${jobs} of ${name}`);
  },
});

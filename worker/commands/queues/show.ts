import * as v from "valibot";
import { listJobs } from "../../../shared/queue/status.ts";
import { command, count, Flag, jsonOption } from "../command.ts";
import { printRows } from "../print.ts";
import { QueueName } from "./queue-name.ts";

export const showJobsCommand = command({
  name: "show",
  description: "List a queue's unfinished and failed jobs, oldest first, without what they hold",
  args: {
    queue: { type: "positional", description: "dead-letters, or another" },
    limit: { type: "string", valueHint: "n", description: "50 if not given" },
    json: jsonOption,
  },
  input: v.object({
    queue: QueueName,
    limit: v.optional(count({ least: 1, most: 10_000 }), "50"),
    json: Flag,
  }),
  async run({ queue, limit, json }, { sql, print }) {
    printRows(await listJobs(sql, queue, limit), { print, json, nothing: `No jobs in ${queue}` });
  },
});

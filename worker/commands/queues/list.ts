import * as v from "valibot";
import { listQueues } from "../../../shared/queue/status.ts";
import { command, Flag, jsonOption } from "../command.ts";
import { printRows } from "../print.ts";

export const listQueuesCommand = command({
  name: "list",
  description: "Count the jobs of each queue; the same as queues alone",
  args: { json: jsonOption },
  input: v.object({ json: Flag }),
  async run({ json }, { sql, print }) {
    printRows(await listQueues(sql), { print, json, nothing: "No queues" });
  },
});

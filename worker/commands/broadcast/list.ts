import * as v from "valibot";
import { broadcastStatuses } from "../../../shared/broadcast/broadcast.ts";
import { listBroadcastLines } from "../../../shared/broadcast/overview.ts";
import { command, Flag, jsonOption } from "../command.ts";
import { printRows } from "../print.ts";

const most = 200;

export const listBroadcastsCommand = command({
  name: "list",
  description: `List emergency alerts, the newest ${most}`,
  args: {
    status: {
      type: "string",
      valueHint: "status",
      description: `Those alone that are ${broadcastStatuses.join(", ")}`,
    },
    json: jsonOption,
  },
  input: v.object({
    status: v.optional(v.picklist(broadcastStatuses, `must be one of ${broadcastStatuses.join(", ")}`)),
    json: Flag,
  }),
  async run({ status, json }, { sql, print }) {
    const lines = await listBroadcastLines(sql, { status: status ?? null, most });
    printRows(lines, { print, json, nothing: "No alerts" });
  },
});

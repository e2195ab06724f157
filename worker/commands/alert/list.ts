import * as v from "valibot";
import { listAllAlerts, listOpenAlerts } from "../../../shared/alert/queries.ts";
import { command, Flag, jsonOption } from "../command.ts";
import { printRows } from "../print.ts";

export const listAlertsCommand = command({
  name: "list",
  description: "List the alerts that are open",
  args: { all: { type: "boolean", description: "Those that are over too" }, json: jsonOption },
  input: v.object({ all: Flag, json: Flag }),
  async run({ all, json }, { sql, print }) {
    const rows = all ? await listAllAlerts(sql) : await listOpenAlerts(sql);
    printRows(rows, { print, json, nothing: all ? "No alerts" : "No open alerts" });
  },
});

import * as v from "valibot";
import { listSummaries } from "../../../shared/service/summaries.ts";
import { command, Flag, jsonOption } from "../command.ts";
import { printRows } from "../print.ts";

const all = { search: "", userId: null, after: null, limit: 1_000_000 };

export const listServicesCommand = command({
  name: "list",
  description: "List services",
  args: { json: jsonOption },
  input: v.object({ json: Flag }),
  async run({ json }, { sql, print }) {
    const rows = (await listSummaries(sql, all)).map(({ restricted, ...service }) => ({
      ...service,
      live: !restricted,
    }));
    printRows(rows, { print, json, nothing: "No services" });
  },
});

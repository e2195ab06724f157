import * as v from "valibot";
import { listServices } from "../../../shared/service/setup.ts";
import { command, Flag, jsonOption } from "../command.ts";
import { printRows } from "../print.ts";

export const listServicesCommand = command({
  name: "list",
  description: "List services",
  args: { json: jsonOption },
  input: v.object({ json: Flag }),
  async run({ json }, { sql, print }) {
    const rows = (await listServices(sql)).map(({ restricted, ...service }) => ({
      ...service,
      live: !restricted,
    }));
    printRows(rows, { print, json, nothing: "No services" });
  },
});

import * as v from "valibot";
import { listProviders } from "../../../shared/provider/queries.ts";
import { command, Flag, jsonOption } from "../command.ts";
import { printRows } from "../print.ts";

export const listProvidersCommand = command({
  name: "list",
  description: "List providers",
  args: { json: jsonOption },
  input: v.object({ json: Flag }),
  async run({ json }, { sql, print }) {
    printRows(await listProviders(sql), { print, json, nothing: "No providers" });
  },
});

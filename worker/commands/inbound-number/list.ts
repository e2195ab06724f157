import * as v from "valibot";
import { listInboundNumbers } from "../../../shared/inbound/setup.ts";
import { command, Flag, jsonOption } from "../command.ts";
import { printRows } from "../print.ts";

export const listNumbersCommand = command({
  name: "list",
  description: "List numbers, free and assigned",
  args: { json: jsonOption },
  input: v.object({ json: Flag }),
  async run({ json }, { sql, print }) {
    printRows(await listInboundNumbers(sql), { print, json, nothing: "No inbound numbers" });
  },
});

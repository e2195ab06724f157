import * as v from "valibot";
import { listApiKeys } from "../../../shared/service/setup.ts";
import { command, Flag, Id, jsonOption } from "../command.ts";
import { printRows } from "../print.ts";
import { assertService } from "../service/known.ts";

export const listKeysCommand = command({
  name: "list",
  description: "List a service's API keys, without their secrets",
  args: { service: { type: "positional", description: "The service's id" }, json: jsonOption },
  input: v.object({ service: Id, json: Flag }),
  async run({ service, json }, { sql, print }) {
    await assertService(sql, service);
    printRows(await listApiKeys(sql, service), { print, json, nothing: "No keys" });
  },
});

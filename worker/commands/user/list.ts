import * as v from "valibot";
import { listAccounts } from "../../../shared/user/accounts.ts";
import { command, Flag, jsonOption } from "../command.ts";
import { printRows } from "../print.ts";

export const listUsersCommand = command({
  name: "list",
  description: "List the people who may sign in to the console, by name",
  args: {
    search: { type: "string", valueHint: "text", description: "Part of a name or address" },
    json: jsonOption,
  },
  input: v.object({ search: v.optional(v.string(), ""), json: Flag }),
  async run({ search, json }, { sql, print }) {
    const accounts = await listAccounts(sql, { search, after: null, limit: 10_000 });
    printRows(accounts, { print, json, nothing: "Nobody" });
  },
});

import * as v from "valibot";
import { listProtectedSenders } from "../../../shared/service/protected-senders.ts";
import { command, Flag, jsonOption } from "../command.ts";
import { printRows } from "../print.ts";

export const listProtectedSendersCommand = command({
  name: "list",
  description: "Names that no service may choose for its texts to come from",
  args: { json: jsonOption },
  input: v.object({ json: Flag }),
  async run({ json }, { sql, print }) {
    const senders = await listProtectedSenders(sql);
    printRows(
      senders.map(({ name }) => ({ name })),
      { print, json, nothing: "None is protected" },
    );
  },
});

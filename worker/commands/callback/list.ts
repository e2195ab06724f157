import * as v from "valibot";
import { listCallbacks } from "../../../shared/callback/queries.ts";
import { command, Flag, Id, jsonOption } from "../command.ts";
import { printRows } from "../print.ts";
import { assertService } from "../service/known.ts";

export const listCallbacksCommand = command({
  name: "list",
  description: "List where a service is told of what",
  args: { service: { type: "positional", description: "The service's id" }, json: jsonOption },
  input: v.object({ service: Id, json: Flag }),
  async run({ service, json }, { sql, print }) {
    await assertService(sql, service);
    const rows = (await listCallbacks(sql, service)).map(({ type, url, id, isSigned, suspendedAt }) => ({
      type,
      url,
      signed: isSigned,
      suspendedAt,
      id,
    }));
    printRows(rows, { print, json, nothing: "No callbacks" });
  },
});

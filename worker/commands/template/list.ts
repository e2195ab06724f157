import * as v from "valibot";
import { listTemplates } from "../../../shared/template/queries.ts";
import { command, Flag, Id, jsonOption } from "../command.ts";
import { printRows } from "../print.ts";
import { assertService } from "../service/known.ts";

export const listTemplatesCommand = command({
  name: "list",
  description: "List a service's templates",
  args: { service: { type: "positional", description: "The service's id" }, json: jsonOption },
  input: v.object({ service: Id, json: Flag }),
  async run({ service, json }, { sql, print }) {
    await assertService(sql, service);
    const templates = await listTemplates(sql, service);
    const rows = templates.map(({ id, name, type, version, archived }) => ({
      id,
      name,
      type,
      version,
      archived,
    }));
    printRows(rows, { print, json, nothing: "No templates" });
  },
});

import * as v from "valibot";
import { changeAskedTemplate } from "../../../shared/template/admin-change.ts";
import { findTemplateById } from "../../../shared/template/queries.ts";
import { command, Flag, Id, jsonOption } from "../command.ts";
import { noTemplate } from "./known.ts";

export const deleteTemplateCommand = command({
  name: "delete",
  description:
    "Take a template from those a service can send with; what was sent keeps it, and it never comes back",
  args: {
    id: { type: "positional", description: "The template's id" },
    "dry-run": { type: "boolean", description: "Say which, and leave it" },
    json: jsonOption,
  },
  input: v.object({ id: Id, dryRun: Flag, json: Flag }),
  async run({ id, dryRun, json }, { sql, print }) {
    const template = await findTemplateById(sql, id);
    if (!template) throw noTemplate(id);
    const { name, serviceId } = template;
    if (template.archived) throw new Error(`Cannot delete the template ${id}: it was deleted before`);
    const change = { serviceId, id, createdById: null, at: new Date() };
    const next = dryRun
      ? template
      : await changeAskedTemplate(sql, { ...change, decide: (found) => ({ ...found, archived: true }) });
    if (next === null || typeof next === "string") throw noTemplate(id);
    if (json) print(JSON.stringify({ id, version: next.version, dry_run: dryRun }));
    else print(`${dryRun ? "Would delete" : "Deleted"} "${name}"`);
  },
});

import * as v from "valibot";
import { listVersionObjects } from "../../../shared/template/admin.ts";
import { findTemplateById } from "../../../shared/template/queries.ts";
import { command, Flag, Id, jsonOption } from "../command.ts";
import { printRows } from "../print.ts";
import { noTemplate } from "./known.ts";

export const listVersionsCommand = command({
  name: "versions",
  description: "List every version of a template, the newest first",
  args: { id: { type: "positional", description: "The template's id" }, json: jsonOption },
  input: v.object({ id: Id, json: Flag }),
  async run({ id, json }, { sql, print }) {
    const template = await findTemplateById(sql, id);
    if (!template) throw noTemplate(id);
    const versions = await listVersionObjects(sql, template.serviceId, id);
    const rows = versions.map(
      ({ version, name, archived, subject, content, createdAt, updatedAt, createdBy }) => ({
        version,
        name,
        archived,
        at: updatedAt ?? createdAt,
        by: createdBy?.name ?? null,
        subject,
        content,
      }),
    );
    printRows(rows, { print, json, nothing: "No versions" });
  },
});

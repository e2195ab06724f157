import * as v from "valibot";
import { findTemplateById } from "../../../shared/template/queries.ts";
import { command, Flag, Id, jsonOption } from "../command.ts";
import { printFacts, visible } from "../print.ts";
import { noTemplate } from "./known.ts";

export const showTemplateCommand = command({
  name: "show",
  description: "Show a template's latest version",
  args: { id: { type: "positional", description: "The template's id" }, json: jsonOption },
  input: v.object({ id: Id, json: Flag }),
  async run({ id, json }, { sql, print }) {
    const template = await findTemplateById(sql, id);
    if (!template) throw noTemplate(id);
    if (json) return printFacts(template, { print, json });
    const { content, ...facts } = template;
    printFacts(facts, { print, json });
    print(`\n${visible(content)}`);
  },
});

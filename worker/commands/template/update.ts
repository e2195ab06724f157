import * as v from "valibot";
import { findTemplateById, updateTemplate } from "../../../shared/template/queries.ts";
import { command, type Deps, Flag, Id, jsonOption, Name, Text, UsageError } from "../command.ts";
import { assertTemplate, contentArgs, readContent } from "./content.ts";
import { noTemplate } from "./known.ts";

const Input = v.object({
  id: Id,
  name: v.optional(Name),
  subject: v.optional(Text),
  content: v.optional(Text),
  file: v.optional(Text),
  unsubscribeLink: v.optional(v.boolean("takes no value")),
  json: Flag,
});

export const updateTemplateCommand = command({
  name: "update",
  description: "Store a new version of a template; messages that wait keep theirs",
  args: {
    id: { type: "positional", description: "The template's id" },
    name: { type: "string", valueHint: "name", description: "A new name" },
    subject: { type: "string", valueHint: "text", description: "A new subject" },
    ...contentArgs,
    "unsubscribe-link": {
      type: "boolean",
      description: "End emails in a link to unsubscribe",
      negativeDescription: "End emails without one",
    },
    json: jsonOption,
  },
  input: Input,
  run: update,
});

async function update(
  { id, name, subject, content, file, unsubscribeLink, json }: v.InferOutput<typeof Input>,
  { sql, print }: Deps,
) {
  const message = await readContent({ content, file });
  if ([name, subject, unsubscribeLink].every((change) => change === undefined) && message === null) {
    throw new UsageError(
      "Nothing to change: give --name, --subject, --content, --file or --unsubscribe-link",
    );
  }
  const stored = await findTemplateById(sql, id);
  if (!stored) throw noTemplate(id);
  const { type, version } = stored;
  const next = {
    name: name ?? stored.name,
    content: message ?? stored.content,
    subject: subject ?? stored.subject,
    hasUnsubscribeLink: unsubscribeLink ?? stored.hasUnsubscribeLink,
  };
  assertTemplate({ type, ...next });
  if (!(await updateTemplate(sql, { id, version, ...next }))) {
    throw new Error(`Cannot update the template ${id}: it is deleted, or somebody else changed it just now`);
  }
  print(json ? JSON.stringify({ id, version: version + 1 }) : `Version ${version + 1}`);
}

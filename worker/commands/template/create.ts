import * as v from "valibot";
import { createTemplate } from "../../../shared/template/queries.ts";
import { command, type Deps, Flag, Id, jsonOption, Name, Text, UsageError } from "../command.ts";
import { assertService } from "../service/known.ts";
import { assertTemplate, contentArgs, readContent } from "./content.ts";

const Input = v.object({
  service: Id,
  type: v.picklist(["sms", "email"], "must be sms or email"),
  name: Name,
  subject: v.optional(Text),
  content: v.optional(Text),
  file: v.optional(Text),
  unsubscribeLink: Flag,
  json: Flag,
});

export const createTemplateCommand = command({
  name: "create",
  description: "Make a template and print its id",
  args: {
    service: { type: "positional", description: "The service's id" },
    type: { type: "string", required: true, valueHint: "sms|email", description: "What it makes" },
    name: { type: "string", required: true, valueHint: "name", description: "Only the service sees it" },
    subject: { type: "string", valueHint: "text", description: "Of emails" },
    ...contentArgs,
    "unsubscribe-link": { type: "boolean", description: "End emails in a link to unsubscribe" },
    json: jsonOption,
  },
  input: Input,
  run: create,
});

async function create(
  { service, type, name, subject, content, file, unsubscribeLink, json }: v.InferOutput<typeof Input>,
  { sql, print }: Deps,
) {
  const message = await readContent({ content, file });
  if (message === null) throw new UsageError("One of --content and --file is needed");
  const template = {
    serviceId: service,
    name,
    type,
    content: message,
    subject: subject ?? null,
    hasUnsubscribeLink: unsubscribeLink,
  };
  assertTemplate(template);
  await assertService(sql, service);
  const id = await createTemplate(sql, template);
  print(json ? JSON.stringify({ id }) : id);
}

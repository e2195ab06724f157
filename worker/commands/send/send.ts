import * as v from "valibot";
import { readConfig } from "../../../shared/config.ts";
import { findTemplateById } from "../../../shared/template/queries.ts";
import { command, type Deps, Flag, Id, jsonOption, type Surroundings, Text, UsageError } from "../command.ts";
import { printFacts, visible } from "../print.ts";
import { noTemplate } from "../template/known.ts";
import { apiClient } from "./api-client.ts";

const keyTypes = ["normal", "team", "test"] as const;

const Input = v.object({
  template: Id,
  to: v.optional(Text),
  values: v.optional(Text, "{}"),
  reference: v.optional(Text),
  key: v.optional(v.picklist(keyTypes, "must be normal, team or test"), "normal"),
  api: v.optional(v.pipe(v.string(), v.url("must be a URL"))),
  dryRun: Flag,
  json: Flag,
});

export const sendCommand = command({
  name: "send",
  description: `Send one message as a template's service, by the API and by all its rules, and print its id. For example: bun run cli send TEMPLATE --to 07700900123 --values '{"name":"Ada"}'`,
  args: {
    template: { type: "positional", description: "The template's id" },
    to: {
      type: "string",
      valueHint: "recipient",
      description: "A number or an address; of letters see --values",
    },
    values: {
      type: "string",
      valueHint: "json",
      description: "An object with a value for each placeholder, of letters address_line_1 … too",
    },
    reference: { type: "string", valueHint: "text", description: "The service's own name for the message" },
    key: {
      type: "string",
      valueHint: keyTypes.join("|"),
      description: "The type of key; normal if not given",
    },
    api: { type: "string", valueHint: "url", description: "Where the API is; API_HOST if not given" },
    "dry-run": { type: "boolean", description: "Show what would be sent, and send nothing" },
    json: jsonOption,
  },
  input: Input,
  run: send,
});

const Stored = v.object({ id: v.string() });
const Preview = v.object({ subject: v.nullish(v.string(), null), body: v.string() });

async function send(input: v.InferOutput<typeof Input>, { sql, cipher, print }: Deps, { env }: Surroundings) {
  const { reference, dryRun, json } = input;
  const personalisation = readValues(input.values);
  const template = await findTemplateById(sql, input.template);
  if (!template) throw noTemplate(input.template);
  const { id, type, serviceId } = template;
  const recipient = recipientOf(type, input.to);
  const apiUrl = input.api ?? readConfig(env).api.url;
  const call = await apiClient({ sql, cipher }, { apiUrl, serviceId, keyType: input.key });
  if (dryRun) {
    const { subject, body } = v.parse(Preview, await call(`/v2/template/${id}/preview`, { personalisation }));
    if (json) return printFacts({ subject, body }, { print, json });
    print(visible(subject === null ? body : `${subject}\n\n${body}`));
    return;
  }
  const request = {
    template_id: id,
    personalisation,
    ...recipient,
    ...(reference !== undefined && { reference }),
  };
  const stored = v.parse(Stored, await call(`/v2/notifications/${type}`, request));
  print(json ? JSON.stringify({ id: stored.id }) : stored.id);
}

function readValues(text: string): Record<string, unknown> {
  const fault = new UsageError(`--values must be a JSON object, such as '{"name":"Ada"}'`);
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch {
    throw fault;
  }
  // What is a list would be read as a record by its places.
  if (Array.isArray(values)) throw fault;
  const read = v.safeParse(v.record(v.string(), v.unknown()), values);
  if (!read.success) throw fault;
  return read.output;
}

function recipientOf(type: "sms" | "email" | "letter", to: string | undefined): object {
  if (type === "letter") {
    if (to !== undefined) throw new UsageError("A letter's address is in --values: it has no --to");
    return {};
  }
  if (to === undefined) throw new UsageError("--to is needed");
  return type === "sms" ? { phone_number: to } : { email_address: to };
}

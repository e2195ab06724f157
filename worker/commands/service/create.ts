import * as v from "valibot";
import { parseEmailAddress } from "../../../shared/recipient/email-address.ts";
import { createService, normaliseServiceName } from "../../../shared/service/setup.ts";
import { command, type Deps, Flag, jsonOption, Name } from "../command.ts";
import { isTaken } from "../is-taken.ts";
import { SmsSender, senderFor } from "./sms-sender.ts";

const Input = v.object({
  name: v.pipe(
    Name,
    v.check(
      (name) => normaliseServiceName(name).replaceAll(".", "").length >= 2,
      "must have two letters or digits",
    ),
  ),
  live: Flag,
  smsSender: v.optional(SmsSender),
  replyTo: v.optional(
    v.pipe(
      v.string(),
      v.check((address) => parseEmailAddress(address) !== null, "must be an email address"),
    ),
  ),
  json: Flag,
});

export const createServiceCommand = command({
  name: "create",
  description: "Make a service, in trial mode unless --live, and print its id",
  args: {
    name: { type: "positional", description: "As recipients see it" },
    live: { type: "boolean", description: "May send to anyone" },
    "sms-sender": {
      type: "string",
      valueHint: "name",
      description: "Whom texts come from, 3 to 11 characters; made of the name if not given",
    },
    "reply-to": { type: "string", valueHint: "address", description: "Where answers to emails go" },
    json: jsonOption,
  },
  input: Input,
  run: create,
});

async function create(
  { name, live, smsSender, replyTo, json }: v.InferOutput<typeof Input>,
  { sql, print }: Deps,
) {
  const service = {
    name,
    restricted: !live,
    smsSender: smsSender ?? senderFor(name),
    replyTo: parseEmailAddress(replyTo ?? "")?.to ?? null,
  };
  try {
    const id = await sql.begin((tx) => createService(tx, service));
    print(json ? JSON.stringify({ id }) : id);
  } catch (error) {
    if (!isTaken(error)) throw error;
    throw new Error(`Cannot create the service "${name}": another has that name, or one that reads the same`);
  }
}

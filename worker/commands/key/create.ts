import * as v from "valibot";
import { createApiKey } from "../../../shared/service/setup.ts";
import { command, type Deps, Flag, Id, jsonOption, Name } from "../command.ts";
import { isTaken } from "../is-taken.ts";
import { assertService } from "../service/known.ts";

const Input = v.object({
  service: Id,
  name: Name,
  type: v.picklist(["normal", "team", "test"], "must be normal, team or test"),
  json: Flag,
});

export const createKeyCommand = command({
  name: "create",
  description: "Make an API key and print it: it is never shown again",
  args: {
    service: { type: "positional", description: "The service's id" },
    name: { type: "positional", description: "What the key is for" },
    type: {
      type: "string",
      required: true,
      valueHint: "normal|team|test",
      description: "normal sends, team sends to the team and guests only, test sends nothing",
    },
    json: jsonOption,
  },
  input: Input,
  run: create,
});

async function create(
  { service, name, type, json }: v.InferOutput<typeof Input>,
  { sql, cipher, print }: Deps,
) {
  await assertService(sql, service);
  try {
    const key = await createApiKey(sql, cipher, { serviceId: service, name, type });
    print(json ? JSON.stringify({ key }) : key);
  } catch (error) {
    if (!isTaken(error)) throw error;
    throw new Error(`Cannot create the key "${name}": the service has one of that name`);
  }
}

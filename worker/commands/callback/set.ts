import * as v from "valibot";
import { setCallback } from "../../../shared/callback/queries.ts";
import { command, type Deps, Id, Text, UsageError } from "../command.ts";
import { assertService } from "../service/known.ts";
import { CallbackKind, typeOption } from "./type.ts";

const Input = v.object({
  service: Id,
  url: Text,
  token: v.optional(v.string()),
  type: CallbackKind,
});

export const setCallbackCommand = command({
  name: "set",
  description: "Tell a service what became of its messages, or what was texted to it, at a URL",
  args: {
    service: { type: "positional", description: "The service's id" },
    url: {
      type: "string",
      required: true,
      valueHint: "url",
      description: "https; a private address must stand in CALLBACK_ALLOWED_CIDRS",
    },
    token: {
      type: "string",
      valueHint: "token",
      description: "The bearer token sent along, 10 to 255 characters; read from standard input if not given",
    },
    type: typeOption,
  },
  input: Input,
  run: set,
});

async function set(
  { service, url, token, type }: v.InferOutput<typeof Input>,
  { sql, cipher, callbackUrlFault, print, readInput }: Deps,
) {
  const fault = await callbackUrlFault(url);
  if (fault !== null) throw new UsageError(`--url ${fault}`);
  const bearerToken = token ?? (await readInput()).trim();
  // Nothing here may repeat the token.
  if (bearerToken.length < 10) throw new UsageError("The token must be at least 10 characters long");
  if (bearerToken.length > 255) throw new UsageError("The token must be at most 255 characters long");
  if (!/^[\x21-\x7e]+$/.test(bearerToken))
    throw new UsageError("The token must be printable ASCII without spaces");
  await assertService(sql, service);
  const { signingSecret } = await setCallback(sql, cipher, {
    serviceId: service,
    type,
    url,
    bearerToken,
  });
  print(`Callbacks of ${service} go to ${new URL(url).host}`);
  if (signingSecret !== null) print(`Signing secret, not shown again: ${signingSecret}`);
}

import * as v from "valibot";
import { setCallback } from "../../../shared/callback/queries.ts";
import { command, type Deps, Id, UsageError } from "../command.ts";
import { assertService } from "../service/known.ts";
import { CallbackKind, typeOption } from "./type.ts";

const thisMachine: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

const Input = v.object({
  service: Id,
  url: v.pipe(
    v.string(),
    v.rawCheck(({ dataset, addIssue }) => {
      const fault = dataset.typed ? urlFault(dataset.value) : null;
      if (fault !== null) addIssue({ message: fault });
    }),
  ),
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
      description: "https, unless it is on this machine",
    },
    token: {
      type: "string",
      valueHint: "token",
      description:
        "The bearer token sent along, 10 characters or more; read from standard input if not given",
    },
    type: typeOption,
  },
  input: Input,
  run: set,
});

async function set(
  { service, url, token, type }: v.InferOutput<typeof Input>,
  { sql, cipher, print, readInput }: Deps,
) {
  const bearerToken = token ?? (await readInput()).trim();
  // Nothing here may repeat the token.
  if (bearerToken.length < 10) throw new UsageError("The token must be at least 10 characters long");
  if (!/^[\x21-\x7e]+$/.test(bearerToken))
    throw new UsageError("The token must be printable ASCII without spaces");
  await assertService(sql, service);
  await setCallback(sql, cipher, { serviceId: service, type, url, bearerToken });
  print(`Callbacks of ${service} go to ${new URL(url).host}`);
}

function urlFault(text: string): string | null {
  const url = URL.parse(text);
  if (!url) return "must be a URL";
  if (url.username !== "" || url.password !== "") return "must not hold a user or password";
  const isLocal = url.protocol === "http:" && thisMachine.has(url.hostname);
  return url.protocol === "https:" || isLocal ? null : "must begin https://";
}

import * as v from "valibot";
import { rotateSigningSecret } from "../../../shared/callback/queries.ts";
import { command, Id } from "../command.ts";
import { getCallback } from "./known.ts";
import { CallbackKind, typeOption } from "./type.ts";

export const rotateSecretCommand = command({
  name: "rotate-secret",
  description: "Make another secret that signs what a service is told; for 24 hours the one before signs too",
  args: { service: { type: "positional", description: "The service's id" }, type: typeOption },
  input: v.object({ service: Id, type: CallbackKind }),
  async run({ service, type }, { sql, cipher, print }) {
    const key = await getCallback(sql, service, type);
    const rotated = await rotateSigningSecret(sql, cipher, key, { updatedById: null, at: new Date() });
    if (!rotated) throw new Error(`Cannot make a secret for ${service}: its callback was just removed`);
    print(`Signing secret, not shown again: ${rotated.signingSecret}`);
    const until = rotated.config.previousSecretUntil;
    if (until) print(`The one before signs too until ${until.toISOString()}`);
  },
});

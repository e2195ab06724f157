import { SignJWT } from "jose";
import * as v from "valibot";
import { readConfig } from "../../../shared/config.ts";
import { bareCommand, Flag } from "../command.ts";

export const tokenCommand = bareCommand({
  name: "token",
  description:
    'Print a token for the internal API, good for 30 seconds, as whose client ADMIN_CLIENT_ID and ADMIN_CLIENT_SECRETS name. For example: curl -H "$(bun run cli token --header)" http://localhost:6011/service',
  args: { header: { type: "boolean", description: "As the whole header" } },
  input: v.object({ header: Flag }),
  async run({ header }, { env, print }) {
    const { id, secrets } = readConfig(env).api.internalClient;
    const [secret] = secrets;
    if (secret === undefined) throw new Error("Cannot sign a token: ADMIN_CLIENT_SECRETS is not set");
    const token = await new SignJWT({ iss: id, iat: Math.floor(Date.now() / 1000) })
      .setProtectedHeader({ typ: "JWT", alg: "HS256" })
      .sign(new TextEncoder().encode(secret));
    print(header ? `Authorization: Bearer ${token}` : token);
  },
});

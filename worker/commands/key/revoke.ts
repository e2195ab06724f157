import * as v from "valibot";
import { revokeApiKey } from "../../../shared/service/setup.ts";
import { command, Id } from "../command.ts";

export const revokeKeyCommand = command({
  name: "revoke",
  description: "Refuse an API key from now on; it cannot be undone",
  args: {
    service: { type: "positional", description: "The service's id" },
    key: { type: "positional", description: 'The key\'s id, see "key list"' },
  },
  input: v.object({ service: Id, key: Id }),
  async run({ service, key }, { sql, print }) {
    if (!(await revokeApiKey(sql, service, key))) {
      throw new Error(`Cannot revoke the key ${key}: the service has no such key, or it is revoked`);
    }
    print(`Revoked ${key}: it is refused within seconds`);
  },
});

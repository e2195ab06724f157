import * as v from "valibot";
import { resumeCallback } from "../../../shared/callback/queries.ts";
import { command, Id } from "../command.ts";
import { getCallback } from "./known.ts";
import { CallbackKind, typeOption } from "./type.ts";

export const resumeCallbackCommand = command({
  name: "resume",
  description: "Call a receiver again that was suspended, or is spared because it failed too often",
  args: { service: { type: "positional", description: "The service's id" }, type: typeOption },
  input: v.object({ service: Id, type: CallbackKind }),
  async run({ service, type }, { sql, print }) {
    const key = await getCallback(sql, service, type);
    const config = await resumeCallback(sql, key, { updatedById: null, at: new Date() });
    if (!config) throw new Error(`Cannot resume the callback of ${service}: it was just removed`);
    print(`Callbacks of ${service} go to ${new URL(config.url).host} again`);
  },
});

import * as v from "valibot";
import { removeCallback } from "../../../shared/callback/queries.ts";
import { command, Id } from "../command.ts";
import { assertService } from "../service/known.ts";
import { CallbackKind, typeOption } from "./type.ts";

export const removeCallbackCommand = command({
  name: "remove",
  description: "Tell a service no more of one kind of thing; what waits to be told is dropped",
  args: { service: { type: "positional", description: "The service's id" }, type: typeOption },
  input: v.object({ service: Id, type: CallbackKind }),
  async run({ service, type }, { sql, print }) {
    await assertService(sql, service);
    const removed = await removeCallback(sql, { serviceId: service, type });
    print(removed ? `Removed the callback of ${service}` : `${service} has no callback`);
  },
});

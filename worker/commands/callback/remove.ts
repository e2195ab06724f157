import * as v from "valibot";
import { removeCallback } from "../../../shared/service/setup.ts";
import { command, Id } from "../command.ts";
import { assertService } from "../service/known.ts";

export const removeCallbackCommand = command({
  name: "remove",
  description: "Tell a service nothing any more; what waits to be told is dropped",
  args: { service: { type: "positional", description: "The service's id" } },
  input: v.object({ service: Id }),
  async run({ service }, { sql, print }) {
    await assertService(sql, service);
    const removed = await removeCallback(sql, service, "delivery_status");
    print(removed ? `Removed the callback of ${service}` : `${service} has no callback`);
  },
});

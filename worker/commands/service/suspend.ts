import * as v from "valibot";
import { setServiceActive } from "../../../shared/service/setup.ts";
import { command, Id } from "../command.ts";
import { noService } from "./known.ts";

export const suspendServiceCommand = command({
  name: "suspend",
  description: "Stop a service: its keys are refused, and messages that come to be sent fail",
  args: { id: { type: "positional", description: "The service's id" } },
  input: v.object({ id: Id }),
  async run({ id }, { sql, print }) {
    if (!(await setServiceActive(sql, id, false))) throw noService(id);
    print(`Suspended ${id}`);
  },
});

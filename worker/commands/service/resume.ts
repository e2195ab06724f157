import * as v from "valibot";
import { setServiceActive } from "../../../shared/service/setup.ts";
import { command, Id } from "../command.ts";
import { noService } from "./known.ts";

export const resumeServiceCommand = command({
  name: "resume",
  description: "Let a suspended service send again",
  args: { id: { type: "positional", description: "The service's id" } },
  input: v.object({ id: Id }),
  async run({ id }, { sql, print }) {
    if (!(await setServiceActive(sql, id, true))) throw noService(id);
    print(`Resumed ${id}`);
  },
});

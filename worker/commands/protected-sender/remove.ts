import * as v from "valibot";
import { unprotectSender } from "../../../shared/service/protected-senders.ts";
import { command, Flag, jsonOption, Text } from "../command.ts";
import { printFacts } from "../print.ts";

export const unprotectSenderCommand = command({
  name: "remove",
  description: "Let services choose a name again for their texts to come from",
  args: { name: { type: "positional", description: "Such as N-Bank" }, json: jsonOption },
  input: v.object({ name: Text, json: Flag }),
  async run({ name, json }, { sql, print }) {
    if (!(await unprotectSender(sql, name))) throw new Error(`Cannot remove "${name}": it was not protected`);
    printFacts({ removed: name }, { print, json });
  },
});

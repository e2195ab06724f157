import * as v from "valibot";
import { resolveAlert } from "../../../shared/alert/alert.ts";
import { command, Text } from "../command.ts";

export const resolveAlertCommand = command({
  name: "resolve",
  description: "Close an alert; found again, it is opened anew",
  args: { subject: { type: "positional", description: 'As "alert list" names it' } },
  input: v.object({ subject: Text }),
  async run({ subject }, { sql, print }) {
    if (!(await resolveAlert(sql, subject, new Date()))) {
      throw new Error(`Cannot resolve the alert "${subject}": none of it is open`);
    }
    print(`Resolved ${subject}`);
  },
});

import * as v from "valibot";
import { findAlert } from "../../../shared/alert/queries.ts";
import { command, Flag, jsonOption, Text } from "../command.ts";
import { printFacts } from "../print.ts";

export const showAlertCommand = command({
  name: "show",
  description: "Show an alert: its facts, and who was told",
  args: { subject: { type: "positional", description: 'As "alert list" names it' }, json: jsonOption },
  input: v.object({ subject: Text, json: Flag }),
  async run({ subject, json }, { sql, print }) {
    const alert = await findAlert(sql, subject);
    if (!alert) throw new Error(`Cannot show the alert "${subject}": there is none`);
    printFacts(alert, { print, json });
  },
});

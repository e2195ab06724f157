import * as v from "valibot";
import { fewestDays, mostDays, usualDays } from "../../../shared/retention/days.ts";
import { listRetention, setRetention } from "../../../shared/retention/queries.ts";
import { command, count, Flag, Id, jsonOption } from "../command.ts";
import { printFacts } from "../print.ts";
import { assertService } from "./known.ts";

const Days = v.optional(count({ least: fewestDays, most: mostDays }));

export const retentionCommand = command({
  name: "retention",
  description: `Change how many days a service's messages are kept, and print it; ${usualDays} unless said otherwise`,
  args: {
    id: { type: "positional", description: "The service's id" },
    sms: { type: "string", valueHint: "days", description: "Texts, and those that people send to it" },
    email: { type: "string", valueHint: "days", description: "Emails" },
    letter: { type: "string", valueHint: "days", description: "Letters, with their PDFs" },
    json: jsonOption,
  },
  input: v.object({ id: Id, sms: Days, email: Days, letter: Days, json: Flag }),
  async run({ id, json, ...change }, { sql, print }) {
    await assertService(sql, id);
    const at = new Date();
    await sql.begin(async (tx) => {
      for (const type of ["sms", "email", "letter"] as const) {
        const days = change[type];
        if (days !== undefined) {
          await setRetention(tx, { id: crypto.randomUUID(), serviceId: id, type, days, at });
        }
      }
    });
    const chosen = new Map((await listRetention(sql, id)).map(({ type, days }) => [type, days]));
    const daysOf = (type: "sms" | "email" | "letter") => chosen.get(type) ?? usualDays;
    const facts = { sms: daysOf("sms"), email: daysOf("email"), letter: daysOf("letter") };
    printFacts(facts, { print, json });
  },
});

import * as v from "valibot";
import { changeServiceLimits } from "../../../shared/service/setup.ts";
import { command, count, Flag, Id, jsonOption } from "../command.ts";
import { printFacts } from "../print.ts";
import { noService } from "./known.ts";

const Limit = v.optional(count({ least: 0, most: 999_999_999 }));

export const changeLimitsCommand = command({
  name: "limits",
  description: "Change how much a service may send, and print its limits",
  args: {
    id: { type: "positional", description: "The service's id" },
    rate: { type: "string", valueHint: "n", description: "Requests a minute, for each type of key" },
    sms: { type: "string", valueHint: "n", description: "Texts a day" },
    email: { type: "string", valueHint: "n", description: "Emails a day" },
    letter: { type: "string", valueHint: "n", description: "Letters a day" },
    international: { type: "string", valueHint: "n", description: "International texts a day" },
    json: jsonOption,
  },
  input: v.object({
    id: Id,
    rate: Limit,
    sms: Limit,
    email: Limit,
    letter: Limit,
    international: Limit,
    json: Flag,
  }),
  async run({ id, json, ...change }, { sql, print }) {
    const limits = await changeServiceLimits(sql, id, change);
    if (!limits) throw noService(id);
    printFacts(limits, { print, json });
  },
});

import * as v from "valibot";
import { listDefaultAllowances, readRateBook } from "../../../shared/billing/rate-queries.ts";
import { londonTime } from "../../../shared/time/london.ts";
import { command, Flag, jsonOption } from "../command.ts";
import { printRows } from "../print.ts";

export const listRatesCommand = command({
  name: "list",
  description: "What texts and letters cost, and what services get for nothing; times are London's",
  args: { json: jsonOption },
  input: v.object({ json: Flag }),
  async run({ json }, { sql, print }) {
    const { sms, letters } = await readRateBook(sql);
    const allowances = await listDefaultAllowances(sql);
    const rows = [
      ...sms.map((rate) => ({
        ...{ kind: "sms", of: null, from: londonTime(rate.validFrom), to: null },
        ...{ value: rate.pounds, example: rate.example },
      })),
      ...letters.map((rate) => ({
        kind: "letter",
        of: `${rate.postage} ${rate.sheets}`,
        from: londonTime(rate.startsAt),
        to: rate.endsAt && londonTime(rate.endsAt),
        ...{ value: rate.pounds, example: rate.example },
      })),
      ...allowances.map((row) => ({
        ...{ kind: "allowance", of: row.organisationType, from: String(row.fromYear), to: null },
        ...{ value: row.allowance, example: row.example },
      })),
    ];
    printRows(rows, { print, json, nothing: "There are no rates" });
  },
});

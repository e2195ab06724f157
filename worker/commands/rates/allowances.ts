import * as v from "valibot";
import { countWithoutAllowance, populateAllowances } from "../../../shared/billing/allowance.ts";
import { financialYearAt } from "../../../shared/billing/financial-year.ts";
import { command, count, Flag, jsonOption } from "../command.ts";
import { printFacts } from "../print.ts";

export const giveAllowancesCommand = command({
  name: "allowances",
  description:
    "Give each active service that has none its free texts for a financial year: what was arranged for it the year before, or else what its kind of organisation gets. It is done by itself each 1 April; run it again where rates were loaded late. For example: bun run cli rates allowances --year 2027 --dry-run",
  args: {
    year: { type: "string", valueHint: "yyyy", description: "In which it begins; this one if not given" },
    "dry-run": { type: "boolean", description: "Only show how many services it would give one" },
    json: jsonOption,
  },
  input: v.object({ year: v.optional(count({ least: 2000, most: 2999 })), dryRun: Flag, json: Flag }),
  async run({ year = financialYearAt(new Date()), dryRun, json }, { sql, print, note }) {
    const services = dryRun ? await countWithoutAllowance(sql, year) : await populateAllowances(sql, year);
    printFacts({ year, services }, { print, json });
    if (dryRun) note("Nothing was changed");
  },
});

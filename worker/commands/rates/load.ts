import * as v from "valibot";
import { addRates } from "../../../shared/billing/add-rates.ts";
import type { RateList } from "../../../shared/billing/new-rates.ts";
import { londonDate } from "../../../shared/time/london.ts";
import { command, type Deps, Flag, jsonOption, Text } from "../command.ts";
import { printFacts } from "../print.ts";
import { readText } from "../read-file.ts";
import { csvColumns, parseRates } from "./file.ts";

const Input = v.object({ file: Text, "dry-run": Flag, json: Flag });

export const loadRatesCommand = command({
  name: "load",
  description: `Take up what texts and letters cost, and what services get for nothing: JSON {"sms":[{"valid_from":"2026-04-01","rate":0.0233}],"letters":[{"start_date","end_date","post_class","sheet_count","rate"}],"allowances":[{"from_year","organisation_type","allowance"}]}, or CSV with the columns ${csvColumns}. Refuses what contradicts what is there; loading a file again changes nothing`,
  args: {
    file: { type: "positional", description: "The file; - for standard input" },
    "dry-run": { type: "boolean", description: "Only show what it would take up" },
    json: jsonOption,
  },
  input: Input,
  run: load,
});

async function load(
  { file, "dry-run": trial, json }: v.InferOutput<typeof Input>,
  { sql, print, note, readInput }: Deps,
): Promise<void> {
  const list = parseRates(file === "-" ? await readInput() : await readText(file));
  const { added, known, faults } = await addRates(sql, list, { trial });
  if (faults.length > 0) throw new Error(`Cannot load these rates: ${faults.slice(0, 10).join("; ")}`);
  printFacts(
    {
      smsRates: added.sms.length,
      letterRates: added.letters.length,
      allowances: added.allowances.length,
      known,
    },
    { print, json },
  );
  if (trial) note("Nothing was changed");
  const since = firstDay(added);
  if (since !== null && since <= londonDate(new Date())) {
    note(`Days from ${since} on were counted at other rates: see "facts rebuild --only billing"`);
  }
}

/** The first London day at these rates; null where there are none. */
function firstDay({ sms, letters }: RateList): string | null {
  const starts = [...sms.map(({ validFrom }) => validFrom), ...letters.map(({ startsAt }) => startsAt)];
  const [first] = starts.toSorted((a, b) => a.getTime() - b.getTime());
  return first ? londonDate(first) : null;
}

import * as v from "valibot";
import { startManualRun } from "../../../shared/letter/manual-run.ts";
import { deadlineOf, lastClosed } from "../../../shared/letter/print-day.ts";
import { countPrintable } from "../../../shared/letter/print-run-selection.ts";
import { parseInstant } from "../../../shared/time/instant.ts";
import { command, type Deps, Flag, jsonOption, Text } from "../command.ts";
import { printFacts, printRows } from "../print.ts";

const wanted = "must be now, or an instant that is over, like 2026-07-01T16:30:00Z";
const Deadline = v.optional(
  v.pipe(
    v.string(wanted),
    v.transform((text) => (text === "now" ? new Date() : (parseInstant(text) ?? new Date(Number.NaN)))),
    v.check((at) => at.getTime() <= Date.now(), wanted),
  ),
);

const Input = v.object({
  deadline: Deadline,
  reason: v.optional(Text),
  "dry-run": Flag,
  json: Flag,
});

export const startPrintRunCommand = command({
  name: "run",
  description: "Have what waits to be printed sent now, overdue letters too",
  args: {
    deadline: {
      type: "string",
      valueHint: "instant",
      description: "Letters made before it; the last 17:30 in London if not given, and now for all there are",
    },
    reason: { type: "string", valueHint: "words", description: "Why, for those who look later" },
    "dry-run": { type: "boolean", description: "Only show what it would send" },
    json: jsonOption,
  },
  input: Input,
  run: start,
});

async function start(
  { deadline: given, reason, "dry-run": isDry, json }: v.InferOutput<typeof Input>,
  { sql, print, note }: Deps,
): Promise<void> {
  const at = new Date();
  const deadline = given ?? deadlineOf(lastClosed(at));
  if (isDry) {
    const counts = await countPrintable(sql, deadline);
    printRows(counts, { print, json, nothing: "Nothing waits to be printed" });
    note(`Letters made before ${deadline.toISOString()}`);
    return;
  }
  const id = crypto.randomUUID();
  const printDate = await startManualRun(sql, { id, deadline, reason: reason ?? null, at });
  if (json) printFacts({ id, printDate, deadline }, { print, json });
  else print(`Began print run ${id}: see how far it is with "letter show-run ${id}"`);
}

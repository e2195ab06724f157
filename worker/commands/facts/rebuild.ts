import * as v from "valibot";
import { readRateBook } from "../../../shared/billing/rate-queries.ts";
import { countDay, replaceFacts } from "../../../shared/facts/count-day.ts";
import { datesBetween, type FactKind } from "../../../shared/facts/days.ts";
import { replaceLetterDespatch } from "../../../shared/facts/letter-despatch.ts";
import { listServicesOf } from "../../../shared/facts/service-day.ts";
import { command, type Deps, Flag, Id, jsonOption } from "../command.ts";
import { LondonDay } from "../london-day.ts";
import { printRows } from "../print.ts";
import { assertService } from "../service/known.ts";

const Input = v.object({
  day: LondonDay,
  to: v.optional(LondonDay),
  service: v.optional(Id),
  only: v.optional(v.picklist(["billing", "status"], "must be billing or status")),
  "dry-run": Flag,
  json: Flag,
});

export const rebuildFactsCommand = command({
  name: "rebuild",
  description:
    "Count a day's messages again, from what is kept of them, in place of what was counted: after rates changed, or nights were lost",
  args: {
    day: { type: "string", required: true, valueHint: "date", description: "A London day, 2026-07-05" },
    to: { type: "string", valueHint: "date", description: "The last of many days" },
    service: { type: "string", valueHint: "id", description: "Of this service alone" },
    only: { type: "string", valueHint: "kind", description: "billing or status alone" },
    "dry-run": { type: "boolean", description: "Only show how many services it would count" },
    json: jsonOption,
  },
  input: Input,
  run: rebuild,
});

const types = ["sms", "email", "letter"] as const;

async function rebuild(
  { day, to = day, service, only, "dry-run": trial, json }: v.InferOutput<typeof Input>,
  { sql, print, note }: Deps,
): Promise<void> {
  if (service !== undefined) await assertService(sql, service);
  const rates = await readRateBook(sql);
  const kinds: readonly FactKind[] = only ? [only] : ["billing", "status"];
  const days = datesBetween(day, to);
  const rows: { day: string; kind: FactKind; services: number }[] = [];
  for (const [at, one] of days.entries()) {
    for (const kind of kinds) {
      rows.push({ day: one, kind, services: await count(kind, one) });
      if (kind === "billing" && service === undefined && !trial) {
        await replaceLetterDespatch(sql, one, rates);
      }
    }
    if (days.length > 1) note(`${at + 1} of ${days.length} days`);
  }
  printRows(rows, { print, json, nothing: `There is no day from ${day} to ${to}` });
  if (trial) note("Nothing was changed");

  async function count(kind: FactKind, one: string): Promise<number> {
    if (trial) return service ? 1 : (await listServicesOf(sql, kind, { day: one, types })).length;
    if (service === undefined) {
      const never = new AbortController().signal;
      return await countDay(sql, { kind, day: one, types, rates, signal: never }, new Date());
    }
    await replaceFacts(sql, kind, { serviceId: service, day: one, types }, rates);
    return 1;
  }
}

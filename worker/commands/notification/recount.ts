import * as v from "valibot";
import { datesBetween, spanOf } from "../../../shared/facts/days.ts";
import { type Price, storePrices, type Unpriced } from "../../../shared/receipt/queries.ts";
import { rememberTemplates } from "../../compiled-templates.ts";
import { readMessage } from "../../tasks/deliver.ts";
import { renderText } from "../../tasks/deliver-sms.ts";
import { command, type Deps, Flag, Id, jsonOption } from "../command.ts";
import { LondonDay } from "../london-day.ts";
import { printRows } from "../print.ts";
import { assertService } from "../service/known.ts";
import { listUnpriced, unpricedAtOnce } from "./unpriced.ts";

const Input = v.object({
  day: LondonDay,
  to: v.optional(LondonDay),
  service: v.optional(Id),
  dryRun: Flag,
  json: Flag,
});

/** Notify's `fix-billable-units` (`spec/admin-api.md` section 7). */
export const recountCommand = command({
  name: "recount",
  description:
    "Count the fragments of a day's texts that went out and are billed as none. Those that have a count keep it: bun run cli notification recount --day 2026-07-05 --dry-run",
  args: {
    day: { type: "string", required: true, valueHint: "date", description: "A London day, 2026-07-05" },
    to: { type: "string", valueHint: "date", description: "The last of many days" },
    service: { type: "string", valueHint: "id", description: "Of this service alone" },
    "dry-run": { type: "boolean", description: "Only show what it would count" },
    json: jsonOption,
  },
  input: Input,
  run: recount,
});

async function recount(
  { day, to = day, service, dryRun, json }: v.InferOutput<typeof Input>,
  { sql, cipher, print, note }: Deps,
): Promise<void> {
  if (service !== undefined) await assertService(sql, service);
  const findCompiledTemplate = rememberTemplates(sql);
  const rows: { day: string; texts: number; fragments: number; unreadable: number }[] = [];
  for (const one of datesBetween(day, to)) {
    const row = { day: one, texts: 0, fragments: 0, unreadable: 0 };
    let after: string | null = null;
    do {
      const found: Unpriced[] = await listUnpriced(sql, spanOf(one), { serviceId: service ?? null, after });
      const prices = (await Promise.all(found.map(count))).filter((price) => price !== null);
      if (!dryRun) await storePrices(sql, prices);
      row.texts += prices.length;
      row.fragments += prices.reduce((sum, { billableUnits }) => sum + billableUnits, 0);
      row.unreadable += found.length - prices.length;
      after = found.length === unpricedAtOnce ? (found.at(-1)?.id ?? null) : null;
    } while (after !== null);
    rows.push(row);
  }
  printRows(rows, { print, json, nothing: `There is no day from ${day} to ${to}` });
  if (dryRun) note("Nothing was changed");
  else
    for (const { day: one } of rows.filter(({ texts }) => texts > 0)) {
      note(`What it cost is to be counted again: bun run cli facts rebuild --day ${one} --only billing`);
    }

  /** As it was sent, or null where that cannot be told. */
  async function count(text: Unpriced): Promise<Price | null> {
    try {
      const { fragments } = renderText(await readMessage({ cipher, findCompiledTemplate }, text));
      return { id: text.id, billableUnits: fragments };
    } catch {
      // Why may hold what is personal.
      note(`Cannot count ${text.id}: its template or personalisation cannot be read`);
      return null;
    }
  }
}

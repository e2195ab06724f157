import { listUnacknowledged, unacknowledged } from "../../../shared/letter/acknowledged.ts";
import type { WorkerDeps } from "../../deps.ts";
import { arePrinted, judge, notPrinted } from "../../letters/dvla/judge.ts";

/** The printer answers within minutes. */
const graceMs = 30 * 60_000;
const mostNamed = 50;

/** At the end of the day, looks for zips that the printer has not acknowledged, of whatever day. */
export async function checkAcknowledgements(
  deps: WorkerDeps,
  _signal: AbortSignal,
  dueAt: string,
): Promise<string> {
  if (!arePrinted(deps.letters)) return notPrinted;
  const names = await listUnacknowledged(deps.sql, new Date(Date.parse(dueAt) - graceMs));
  await judge(deps, names.length > 0, {
    subject: unacknowledged,
    title: "Letter acknowledge error",
    facts: { zips: names.length, missing: names.slice(0, mostNamed) },
  });
  return `${names.length} zips have not been acknowledged`;
}

import { countTechnicalFailures } from "../../../shared/letter/late-letters.ts";
import type { WorkerDeps } from "../../deps.ts";
import { arePrinted, judge, notPrinted } from "../../letters/dvla/judge.ts";

const days = 3;
const dayMs = 24 * 3600 * 1000;

/** Looks for letters of the last days that ended because we could not make or send them. */
export async function checkFailedLetters(
  deps: WorkerDeps,
  _signal: AbortSignal,
  dueAt: string,
): Promise<string> {
  if (!arePrinted(deps.letters)) return notPrinted;
  const since = new Date(Date.parse(dueAt) - days * dayMs);
  const count = await countTechnicalFailures(deps.sql, since);
  await judge(deps, count > 0, {
    subject: "letters-technical-failure",
    title: "Letters ended in technical-failure",
    facts: { letters: count, made_since: since.toISOString() },
  });
  return `${count} letters of the last ${days} days are in technical-failure`;
}

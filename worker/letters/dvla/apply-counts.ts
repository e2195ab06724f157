import { billingDayOf } from "../../../shared/letter/dvla-file-name.ts";
import { linesOf } from "../../../shared/letter/dvla-lines.ts";
import { listTestReferences, replaceCounts } from "../../../shared/letter/response-counts.ts";
import { readResponseLine, type Threshold } from "../../../shared/letter/response-line.ts";
import type { WorkerDeps } from "../../deps.ts";

const group = 1000;

export interface CountTally {
  /** Null where the file's name tells none: then nothing is stored. */
  billingDay: string | null;
  sorted: number;
  unsorted: number;
}

/**
 * Counts how a response file's letters were sorted, in place of what was counted of it before (`spec/letters.md` 5.5).
 * Each letter counts once, whatever became of it; those of test keys do not, nor do lines that do not say.
 */
export async function applyCounts(
  name: string,
  content: Uint8Array,
  { sql, now }: Pick<WorkerDeps, "sql" | "now">,
  signal: AbortSignal,
): Promise<CountTally> {
  const counts = { sorted: 0, unsorted: 0 };
  const seen = new Set<string>();
  let waiting = new Map<string, Threshold>();
  const count = async () => {
    signal.throwIfAborted();
    const tests = new Set(await listTestReferences(sql, [...waiting.keys()]));
    for (const [reference, threshold] of waiting) if (!tests.has(reference)) counts[threshold]++;
    waiting = new Map();
  };
  for (const { text } of linesOf(content)) {
    const { response } = readResponseLine(text);
    if (!response || seen.has(response.reference)) continue;
    seen.add(response.reference);
    if (response.threshold !== null) waiting.set(response.reference, response.threshold);
    if (waiting.size === group) await count();
  }
  if (waiting.size > 0) await count();
  const billingDay = billingDayOf(name);
  if (billingDay !== null) await replaceCounts(sql, name, { billingDay, counts, at: now() });
  return { billingDay, ...counts };
}

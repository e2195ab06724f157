import type { Pool } from "../../../shared/database.ts";
import { type BatchLimits, createGrouper } from "../../../shared/letter/batch-groups.ts";
import { storeBatches } from "../../../shared/letter/batch-plan.ts";
import type { PrintRun } from "../../../shared/letter/print-run.ts";
import { atStart, listPrintable, type PrintableLetter } from "../../../shared/letter/print-run-selection.ts";

/** Letters read at once, and as many as are stored at once, give or take a batch. */
const chunk = 5000;

/** What a run prints, by postage, service and age, a chunk at a time. */
export async function* chunksOf(
  sql: Pool,
  { deadline }: Pick<PrintRun, "deadline">,
  signal: AbortSignal,
): AsyncGenerator<PrintableLetter[]> {
  let after = atStart;
  for (;;) {
    signal.throwIfAborted();
    const { letters, next } = await listPrintable(sql, { deadline, after, limit: chunk });
    yield letters;
    if (next === null) return;
    after = next;
  }
}

/** Stores all batches of a run. What an attempt before stored stays, and this takes the rest. */
export async function planBatches(
  sql: Pool,
  run: PrintRun,
  { limits, at, signal }: { limits: BatchLimits; at: Date; signal: AbortSignal },
): Promise<void> {
  const grouper = createGrouper<PrintableLetter>(limits);
  let closed: (readonly PrintableLetter[])[] = [];
  let waiting = 0;
  const close = async (batch: readonly PrintableLetter[] | null, most: number) => {
    if (batch) {
      closed.push(batch);
      waiting += batch.length;
    }
    if (closed.length === 0 || waiting < most) return;
    await storeBatches(sql, { runId: run.id, batches: closed, at });
    closed = [];
    waiting = 0;
  };
  for await (const letters of chunksOf(sql, run, signal)) {
    for (const letter of letters) await close(grouper.add(letter), chunk);
  }
  await close(grouper.close(), 0);
}

import { listNamedBatches, markAcknowledged, type NamedBatch } from "../../../shared/letter/acknowledged.ts";
import { acknowledgedNames } from "../../../shared/letter/acknowledgement.ts";
import { markLettersSent } from "../../../shared/letter/batch-upload.ts";
import { RetryIn } from "../../consume.ts";
import type { WorkerDeps } from "../../deps.ts";
import { FirstFew } from "./first-few.ts";

/** How an acknowledgement went. */
export interface AcknowledgementTally {
  /** Batches that it ended. */
  acknowledged: number;
  /** Zips that nobody knows. */
  unknown: FirstFew<string>;
  /** Batches of ours that were never to be sent, or were given up. */
  unexpected: FirstFew<{ name: string; state: string }>;
}

const group = 1000;
/** A worker that sends a batch knows more of it than its acknowledgement does. */
const patienceSeconds = 120;

/** Ends the batches that have arrived (`spec/letters.md` 5.2). May run again. */
export async function applyAcknowledgement(
  name: string,
  content: Uint8Array,
  deps: Pick<WorkerDeps, "sql" | "now">,
  signal: AbortSignal,
): Promise<AcknowledgementTally> {
  const names = acknowledgedNames(name, content);
  const batches = await listNamedBatches(deps.sql, names);
  const isSending = ({ state, isClaimed }: NamedBatch) => state === "uploading" && isClaimed;
  const arrived = batches.filter((batch) => hasArrived(batch) && !isSending(batch));
  for (const { id, state } of arrived) if (state !== "uploaded") await markSent(id, deps, signal);
  const acknowledged = await markAcknowledged(
    deps.sql,
    arrived.map(({ id }) => id),
    deps.now(),
  );
  // Which letters the zip lacks, its sender is about to note.
  if (batches.some(isSending)) {
    throw new RetryIn(patienceSeconds, `Cannot end all batches of ${name} yet: one is still being sent`);
  }
  const tally: AcknowledgementTally = {
    acknowledged,
    unknown: new FirstFew(),
    unexpected: new FirstFew(),
  };
  const known = new Set(batches.map((batch) => batch.name.toUpperCase()));
  for (const given of names) if (!known.has(given)) tally.unknown.add(given);
  for (const batch of batches) {
    if (!hasArrived(batch) && batch.state !== "acknowledged")
      tally.unexpected.add({ name: batch.name, state: batch.state });
  }
  return tally;
}

function hasArrived({ state }: NamedBatch): boolean {
  return state === "uploading" || state === "placing" || state === "uploaded";
}

/** What its sender, which died or is about to do the same, had left to do. */
async function markSent(
  batchId: string,
  { sql, now }: Pick<WorkerDeps, "sql" | "now">,
  signal: AbortSignal,
): Promise<void> {
  for (let after: number | null = -1; after !== null; ) {
    signal.throwIfAborted();
    ({ last: after } = await markLettersSent(sql, { batchId, after, limit: group, at: now() }));
  }
}

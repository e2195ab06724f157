import { deleteOldKeys } from "../../shared/notification/idempotency-keys.ts";
import type { WorkerDeps } from "../deps.ts";

const batch = 5000;

/** Deletes what requests came with as an `Idempotency-Key` once it is a day old. */
export async function deleteOldIdempotencyKeys({ sql }: WorkerDeps, signal: AbortSignal): Promise<string> {
  let deleted = 0;
  for (;;) {
    signal.throwIfAborted();
    const count = await deleteOldKeys(sql, { limit: batch });
    deleted += count;
    if (count < batch) return `Deleted ${deleted} old idempotency keys`;
  }
}

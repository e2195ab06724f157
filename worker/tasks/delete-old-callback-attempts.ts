import { deleteOldAttempts } from "../../shared/callback/attempt-list.ts";
import { attemptDays } from "../../shared/callback/attempts.ts";
import type { WorkerDeps } from "../deps.ts";

const batch = 5000;

/** Deletes what was kept of callbacks once it is a week old; what they told can then not be told again. */
export async function deleteOldCallbackAttempts(
  { sql, now }: WorkerDeps,
  signal: AbortSignal,
): Promise<string> {
  let deleted = 0;
  for (;;) {
    signal.throwIfAborted();
    const count = await deleteOldAttempts(sql, { at: now(), days: attemptDays, limit: batch });
    deleted += count;
    if (count < batch) return `Deleted ${deleted} old callback attempts`;
  }
}

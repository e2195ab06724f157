import { forgetOldHealth, patienceDays, suspendUnanswered } from "../../shared/callback/health.ts";
import { listParked, releaseParked } from "../../shared/callback/parked.ts";
import { tellSuspended } from "../callbacks/judge.ts";
import type { WorkerDeps } from "../deps.ts";

/** Moved in one statement. */
const batch = 1000;

/**
 * Gives up receivers that have failed for days, has one callback try each receiver that is due for it, and moves on
 * what is parked for receivers that are spared no longer: called as usual again, suspended, changed or removed. What
 * becomes of each is decided as of any callback, by `sendCallback`.
 */
export async function tendCallbacks(
  { sql, log, now }: Pick<WorkerDeps, "sql" | "log" | "now">,
  signal: AbortSignal,
): Promise<string> {
  const at = now();
  const reason = `Failed for ${patienceDays} days`;
  const suspended = await suspendUnanswered(sql, { at, reason });
  for (const one of suspended) tellSuspended(one, { reason, log });
  await forgetOldHealth(sql, at);

  let tried = 0;
  let moved = 0;
  for (const { callbackId, breaker } of await listParked(sql)) {
    if (breaker && breaker.probeAt > at) continue;
    if (breaker) tried += await releaseParked(sql, callbackId, 1);
    else moved += await releaseAll(callbackId);
  }
  return `Suspended ${suspended.length}, tries ${tried}, moved on ${moved}`;

  async function releaseAll(callbackId: string): Promise<number> {
    for (let all = 0; ; ) {
      signal.throwIfAborted();
      const some = await releaseParked(sql, callbackId, batch);
      all += some;
      if (some < batch) return all;
    }
  }
}

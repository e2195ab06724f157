import { judgeCallbacks, probeSeconds, type Results, type Suspended } from "../../shared/callback/health.ts";
import { tendAt } from "../../shared/callback/tend.ts";
import type { Pool } from "../../shared/database.ts";
import type { Log } from "../../shared/log.ts";

/** Notes what calling receivers came to, and spares those that fail too often. */
export async function judgeReceivers(
  results: readonly Results[],
  { sql, log, now }: { sql: Pool; log: Log; now: () => Date },
): Promise<void> {
  const at = now();
  const opened = await judgeCallbacks(sql, results, at);
  if (opened.length === 0) return;
  for (const callbackId of opened) {
    log.warn({ callbackId }, "A receiver of callbacks is spared: it fails too often");
  }
  // Who is told nothing meanwhile would not be tried until the schedule comes to it.
  await tendAt(sql, new Date(at.getTime() + probeSeconds * 1000));
}

/** Tells operators, once for each: the line is what alerts go by. */
export function tellSuspended(
  { callbackId, serviceId, type }: Suspended,
  { reason, log }: { reason: string; log: Log },
): void {
  // To write to the service's people is still to come, and the line says so, lest somebody rely on it.
  log.error({ callbackId, serviceId, type, reason, serviceTold: false }, "Callback suspended");
}

import { raiseAlarm } from "../../../shared/broadcast/alarms.ts";
import { sendingJob } from "../../../shared/broadcast/fan-out.ts";
import { giveUpExpired, listBlocked, type Standing, takeLost } from "../../../shared/broadcast/watching.ts";
import type { Db } from "../../../shared/database.ts";
import { enqueue } from "../../../shared/queue/enqueue.ts";
import type { WorkerDeps } from "../../deps.ts";

/**
 * Looks for messages to networks that stand still, and pages: those that wait for one before them, those whose alert
 * ended first, and, as a safety net, those without a job, which get one. Answers a line for `task_runs`.
 */
export async function watchBroadcasts({
  broadcasts: { sql, config },
  now,
}: Pick<WorkerDeps, "broadcasts" | "now">): Promise<string> {
  // Nothing is sent, so everything stands still.
  if (!config.cbc.enabled) return "CBC Proxy disabled";
  const at = now();
  const expired = await sql.begin(async (tx) => {
    const found = await giveUpExpired(tx, at);
    await raiseAll(tx, "expired", found, at);
    return found.length;
  });
  const lost = await sql.begin(async (tx) => {
    const found = await takeLost(tx, at);
    await enqueue(
      tx,
      found.map(({ eventId, provider }) => sendingJob(eventId, provider)),
    );
    await raiseAll(tx, "lost", found, at);
    return found.length;
  });
  const blocked = await listBlocked(sql, at);
  await raiseAll(sql, "blocked", blocked, at);
  return `${blocked.length} newly blocked, ${expired} expired, ${lost} without a job`;
}

/** One after the other: there are hardly ever any. */
async function raiseAll(
  db: Db,
  alarm: "expired" | "lost" | "blocked",
  found: readonly Standing[],
  at: Date,
): Promise<void> {
  for (const { reason, ...alarmed } of found) await raiseAlarm(db, alarm, alarmed, { reason, at });
}

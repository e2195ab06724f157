import { replayStuck } from "../../shared/notification/sweeps.ts";
import type { WorkerDeps } from "../deps.ts";

/**
 * Queues again what is still `created` and has no job: the safety net under the accept path, which stores both in one
 * commit. What has a job that waits for its next attempt is left to it.
 */
export async function replayCreated({ sql, log }: WorkerDeps): Promise<string> {
  const replayed = await replayStuck(sql, { olderThanHours: 1, youngerThanDays: 7 });
  if (replayed > 0) log.error({ notifications: replayed }, "Notifications without a job were queued again");
  return `Queued ${replayed} notifications again`;
}

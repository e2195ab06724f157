import { replayStuck, replayStuckLetters, slicesOf } from "../../shared/notification/sweeps.ts";
import type { WorkerDeps } from "../deps.ts";

/** As in `spec/schedule.md` 3. What is older waits for a person to decide. */
const age = { olderThanHours: 1, youngerThanDays: 7, sliceHours: 12 };
const batch = 5_000;

/**
 * Queues again what is still `created` and has no job: the safety net under the accept path, which stores both in one
 * commit. What has a job that waits for its next attempt is left to it.
 */
export async function replayCreated({ sql, log, now }: WorkerDeps, signal: AbortSignal): Promise<string> {
  let replayed = 0;
  for (const slice of slicesOf(now(), age)) {
    for (const replay of [replayStuck, replayStuckLetters]) {
      for (let found = batch; found === batch; replayed += found) {
        signal.throwIfAborted();
        found = await replay(sql, slice, batch);
      }
    }
  }
  if (replayed > 0) log.error({ notifications: replayed }, "Notifications without a job were queued again");
  return `Queued ${replayed} notifications again`;
}

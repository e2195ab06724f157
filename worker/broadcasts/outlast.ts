import { setTimeout as pause } from "node:timers/promises";
import { isUnreachable } from "../../shared/database.ts";
import { Busy, inTime } from "../../shared/group.ts";
import type { Log } from "../../shared/log.ts";

const againMs = 250;
/** A statement on a connection that is no more may never be answered. */
const patienceMs = 5_000;
/** Less than a job may run. */
const longestMs = 40_000;

/**
 * Stores what cannot be learnt again, once more and more where the database is away: a network that said it has a message
 * would otherwise be told again. `work` may be done twice. Throws what it throws when it is at fault itself, or in the end.
 */
export async function outlastOutage<T>(work: () => Promise<T>, log: Log): Promise<T> {
  const startedAt = performance.now();
  for (;;) {
    try {
      return await inTime(work(), patienceMs);
    } catch (error) {
      if (!(isUnreachable(error) || error instanceof Busy) || performance.now() - startedAt > longestMs)
        throw error;
      log.warn({ err: error }, "Cannot store what a network answered: trying again");
      await pause(againMs);
    }
  }
}

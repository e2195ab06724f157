import type { Db } from "../database.ts";
import { countDeadLetters, listQueueLevels, type QueueLevel } from "../queue/status.ts";

/** What waits in a queue, and what of it used up its attempts. */
export interface QueueState extends QueueLevel {
  /** Kept for a person to look at. */
  dead: number;
}

/** Of all services together; those in which most is due come first. */
export async function readQueues(db: Db): Promise<QueueState[]> {
  const levels = await listQueueLevels(db);
  const dead = new Map((await countDeadLetters(db, null)).map(({ queue, jobs }) => [queue, jobs]));
  return levels
    .map((level) => ({ ...level, dead: dead.get(level.queue) ?? 0 }))
    .sort((a, b) => b.due - a.due || b.waiting - a.waiting || b.dead - a.dead);
}

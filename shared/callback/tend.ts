import type { Db } from "../database.ts";
import { derivedId } from "../queue/derived-id.ts";
import { enqueue } from "../queue/enqueue.ts";

/** The scheduled task that looks after receivers that are spared and what is parked for them. */
export const tendTask = "tend-callbacks";

/** One look serves all receivers whose time comes within so long. */
const stepMs = 2000;

/** For how long a worker may act by what it knew of a callback before: it would park again what is moved on sooner. */
export const targetMs = 1000;

/** Has the task run as soon as every worker knows what has just been changed. */
export async function tendSoon(db: Db, now: Date): Promise<void> {
  await tendAt(db, new Date(now.getTime() + 1.5 * targetMs));
}

/** Has the task run at `at` or a moment later, beside its schedule; once, however many ask. */
export async function tendAt(db: Db, at: Date): Promise<void> {
  const startAfter = new Date(Math.ceil(at.getTime() / stepMs) * stepMs);
  const dueAt = startAfter.toISOString();
  const id = await derivedId(`${tendTask}@${dueAt}, asked for`);
  const data = { task: tendTask, dueAt };
  await enqueue(db, [{ name: "maintenance", id, groupId: tendTask, data, startAfter }]);
}

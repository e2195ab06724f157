import { derivedId } from "../queue/derived-id.ts";
import type { NewJob } from "../queue/enqueue.ts";

/** The scheduled task that looks for files from the printer. */
export const pollTask = "poll-dvla-files";

/** How long a file must have been the same before it is read. */
export const settleSeconds = 20;

/**
 * A look beside the scheduled ones. `reason` names what calls for it: however often that is said, it is one job while
 * jobs are kept, which is longer than the schedule takes to come round.
 */
export async function pollJob(reason: string, at: Date): Promise<NewJob<"maintenance">> {
  const id = await derivedId(`${pollTask} ${reason}`);
  const data = { task: pollTask, dueAt: at.toISOString() };
  return { name: "maintenance", id, groupId: pollTask, data, startAfter: at };
}

import { noteScheduleTimes } from "../../../shared/overview/schedules.ts";
import type { WorkerDeps } from "../../deps.ts";
import { lastTimeOf, nextTimeOf, schedulesFor } from "../../schedules.ts";

/** Notes when each task was last due and is due next: who looks for late ones has no calendar. */
export async function noteSchedules(deps: WorkerDeps): Promise<string> {
  const at = deps.now();
  const times = schedulesFor(deps).flatMap((schedule) => {
    const { task, cron } = schedule;
    const nextDueAt = nextTimeOf(schedule, at);
    return nextDueAt === null ? [] : [{ task, cron, nextDueAt, lastDueAt: lastTimeOf(task, at) }];
  });
  await noteScheduleTimes(deps.sql, times, at);
  return `Noted the times of ${times.length} tasks`;
}

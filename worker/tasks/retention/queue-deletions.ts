import { raiseAlert, resolveAlert } from "../../../shared/alert/alert.ts";
import { enqueue } from "../../../shared/queue/enqueue.ts";
import { deletionJob, listDueServices } from "../../../shared/retention/due.ts";
import { findRun } from "../../../shared/schedule/queries.ts";
import { RetryIn } from "../../consume.ts";
import type { WorkerDeps } from "../../deps.ts";
import { lastTimeOf } from "../../schedules.ts";

/** Counts what became of notifications by day, for which it must find them. */
const countingTask = "create-nightly-notification-status";
const subject = "deletion-waits-for-status-facts";

/** For what may merely be late. */
const patienceSeconds = 20 * 60;

/**
 * Queues, service by service, the deletion of notifications older than each keeps them (`spec/schedule.md` 6). Does not
 * while the night's status facts are missing: what they have not counted they could not count afterwards.
 */
export async function queueDeletions(
  { sql, now }: WorkerDeps,
  _signal: AbortSignal,
  dueAt: string,
): Promise<string> {
  const at = now();
  const due = await listDueServices(sql, at);
  if (due.length === 0) return "No service has notifications older than it keeps them";

  const countedAt = lastTimeOf(countingTask, new Date(dueAt));
  const run = countedAt && (await findRun(sql, countingTask, countedAt));
  if (countedAt && run?.outcome !== "done") {
    // What is queued or under way is only late; should it never end, this job's last attempt is told of as any is.
    if (run?.outcome !== null) {
      await raiseAlert(sql, {
        subject,
        severity: "ticket",
        title: "Old notifications are not deleted: the night's status facts are missing",
        facts: {
          task: countingTask,
          due: countedAt.toISOString(),
          outcome: run?.outcome ?? "never begun",
          services_waiting: due.length,
        },
        at,
      });
    }
    throw new RetryIn(patienceSeconds, `Cannot delete yet: ${countingTask} has not been done`);
  }

  await enqueue(sql, await Promise.all(due.map((service) => deletionJob(service, at))));
  await resolveAlert(sql, subject, at);
  return `Queued the deletion of old notifications of ${due.length} services`;
}

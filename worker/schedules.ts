import { Cron } from "croner";
import { tendTask } from "../shared/callback/tend.ts";
import type { Pool } from "../shared/database.ts";
import { isLondonHour } from "../shared/letter/dvla-deadlines.ts";
import { pollTask } from "../shared/letter/dvla-poll.ts";
import { isRunTime } from "../shared/letter/print-day.ts";
import type { Log } from "../shared/log.ts";
import { fireSchedule, lastDue } from "../shared/schedule/queries.ts";
import type { WorkerDeps } from "./deps.ts";

export interface Schedule {
  task: string;
  /** UTC. */
  cron: string;
  /** Run at start when its last time was missed; safe where `spec/schedule.md` 9 says so. */
  catchUp: boolean;
  /** Which of its times count, where that is for London's clocks to say; all where it is not given. */
  counts?: (dueAt: Date) => boolean;
}

const schedules: readonly Schedule[] = [
  { task: "timeout-sending-notifications", cron: "5 0 * * *", catchUp: true },
  { task: "replay-created-notifications", cron: "*/15 * * * *", catchUp: false },
  { task: "delete-old-idempotency-keys", cron: "20 * * * *", catchUp: false },
  { task: "delete-expired-documents", cron: "40 * * * *", catchUp: false },
  { task: "delete-old-callback-attempts", cron: "50 * * * *", catchUp: false },
  // What one run missed the next reads.
  { task: "read-sns-receipts", cron: "*/2 * * * *", catchUp: false },
  { task: "generate-sms-delivery-stats", cron: "* * * * *", catchUp: false },
  // A little later, by those figures.
  { task: "switch-current-sms-provider-on-slow-delivery", cron: "15 * * * * *", catchUp: false },
  { task: "tend-providers-back-to-middle", cron: "*/5 * * * *", catchUp: false },
  { task: tendTask, cron: "* * * * *", catchUp: false },
  { task: "check-for-low-available-inbound-sms-numbers", cron: "0 9 * * 1", catchUp: false },
  // On some of these days; the tasks know which.
  { task: "change-dvla-api-key", cron: "0 9 * * 2", catchUp: true },
  { task: "change-dvla-password", cron: "0 9 * * 3", catchUp: true },
  { task: "delete-old-alerts", cron: "14 3 * * *", catchUp: false },
  // Of the two ticks one is at 17:50 in London. A run that was missed is caught up whatever the hour: none prints twice.
  { task: "check-time-to-collate-letters", cron: "50 16,17 * * *", catchUp: true, counts: isRunTime },
  { task: "check-print-runs", cron: "*/30 * * * *", catchUp: false },
  { task: pollTask, cron: "*/5 * * * *", catchUp: false },
  // What one look missed, having looked no further back than it must, the next day's finds.
  { task: "raise-alert-if-letter-notifications-still-sending", cron: "0 19 * * *", catchUp: false },
  { task: "raise-alert-if-nothing-came-from-dvla", cron: "5 19 * * *", catchUp: false },
  { task: "check-if-letters-still-in-created", cron: "0 7 * * 1-5", catchUp: false },
  { task: "check-if-letters-in-technical-failure", cron: "0 7 * * *", catchUp: false },
  { task: "check-if-letters-still-pending-virus-check", cron: "*/10 * * * *", catchUp: false },
  { task: "check-if-letters-still-pending-virus-check-nightly", cron: "0 20 * * *", catchUp: false },
  // 23:00 in London is on one of the two ticks.
  {
    task: "raise-alert-if-no-letter-ack-file",
    cron: "0 22,23 * * *",
    catchUp: false,
    counts: (dueAt) => isLondonHour(dueAt, 23),
  },
  { task: "trigger-link-tests", cron: "*/15 * * * *", catchUp: false },
  { task: "auto-expire-broadcast-messages", cron: "*/5 * * * *", catchUp: true },
  { task: "watch-broadcast-messages", cron: "*/30 * * * * *", catchUp: false },
  // Midnight in London is one of the two: the task looks which.
  { task: "remove-yesterdays-planned-tests-on-govuk-alerts", cron: "0 0,23 * * *", catchUp: true },
  { task: "delete-old-task-runs", cron: "4 3 * * *", catchUp: false },
];

/** Those this copy has a use for. */
export function schedulesFor({
  snsLog,
  openSftp,
}: Pick<WorkerDeps, "snsLog" | "openSftp">): readonly Schedule[] {
  const useless = new Set([
    ...(snsLog === null ? ["read-sns-receipts"] : []),
    ...(openSftp === null ? [pollTask] : []),
  ]);
  return schedules.filter(({ task }) => !useless.has(task));
}

/** Makes each task's job when it is due, once though every worker does the same. Answers with what stops it. */
export async function startSchedules(
  sql: Pool,
  log: Log,
  now: () => Date,
  table: readonly Schedule[] = schedules,
): Promise<() => void> {
  const crons = table.map(({ task, cron, counts = always }) => {
    const job = utcCron(cron, () => {
      const dueAt = lastTime(job, now());
      if (dueAt && counts(dueAt)) void fire(task, dueAt);
    });
    return job;
  });
  for (const [at, { task, catchUp, counts = always }] of table.entries()) {
    const cron = crons[at];
    const due = cron && lastTime(cron, now(), counts);
    const last = await lastDue(sql, task);
    // A task that never ran has missed nothing.
    if (catchUp && due && last && last < due) await fire(task, due);
  }

  async function fire(task: string, dueAt: Date): Promise<void> {
    try {
      await fireSchedule(sql, task, dueAt);
    } catch (error) {
      log.error({ task, dueAt, err: error }, "Cannot queue a scheduled task");
    }
  }

  return () => {
    for (const cron of crons) cron.stop();
  };
}

/** Calls `run` at each of its times, whatever zone the machine is in. */
export function utcCron(cron: string, run: () => void): Cron {
  return new Cron(cron, { timezone: "UTC", unref: true }, run);
}

/** The last of its times until `at`, which may be one itself, that counts; looked for among some few. */
export function lastTime(cron: Cron, at: Date, counts = always): Date | null {
  // croner answers with what was before, and may well call on the very millisecond.
  return cron.previousRuns(4, new Date(at.getTime() + 1)).find(counts) ?? null;
}

function always(_dueAt: Date): boolean {
  return true;
}

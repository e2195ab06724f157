import { Cron } from "croner";
import { raiseAlert } from "../shared/alert/alert.ts";
import { tendTask } from "../shared/callback/tend.ts";
import type { Pool } from "../shared/database.ts";
import { isLondonHour } from "../shared/letter/dvla-deadlines.ts";
import { pollTask } from "../shared/letter/dvla-poll.ts";
import { isRunTime } from "../shared/letter/print-day.ts";
import type { Log } from "../shared/log.ts";
import { fireSchedule, lastDue } from "../shared/schedule/queries.ts";
import type { WorkerDeps } from "./deps.ts";
import { isFirstTuesday, isWednesdayAfter } from "./tasks/letters/rotate-dvla.ts";

export interface Schedule {
  task: string;
  /** UTC. */
  cron: string;
  /** Run at start when its last time was missed; safe where `spec/schedule.md` 9 says so. */
  catchUp: boolean;
  /**
   * How many missed times the next one makes up for; of more, somebody is told at start. Any number where it is not
   * given: the task goes by what it finds.
   */
  makesUpFor?: number;
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
  // Not at any hour but theirs (`spec/schedule.md` 9): DVLA's people are there then.
  { task: "change-dvla-api-key", cron: "0 9 * * 2", catchUp: false, makesUpFor: 0, counts: isFirstTuesday },
  {
    task: "change-dvla-password",
    cron: "0 9 * * 3",
    catchUp: false,
    makesUpFor: 0,
    counts: isWednesdayAfter,
  },
  { task: "delete-old-alerts", cron: "14 3 * * *", catchUp: false },
  // Of the two ticks one is at 17:50 in London. A run that was missed is caught up whatever the hour: none prints twice.
  { task: "check-time-to-collate-letters", cron: "50 16,17 * * *", catchUp: true, counts: isRunTime },
  { task: "check-print-runs", cron: "*/30 * * * *", catchUp: false },
  { task: pollTask, cron: "*/5 * * * *", catchUp: false },
  // What one look missed, having looked no further back than it must, the next day's finds.
  { task: "raise-alert-if-letter-notifications-still-sending", cron: "0 19 * * *", catchUp: false },
  { task: "raise-alert-if-nothing-came-from-dvla", cron: "5 19 * * *", catchUp: false },
  { task: "check-if-letters-still-in-created", cron: "0 7 * * 1-5", catchUp: false },
  { task: "check-if-letters-in-technical-failure", cron: "0 7 * * *", catchUp: false, makesUpFor: 2 },
  { task: "check-if-letters-still-pending-virus-check", cron: "*/10 * * * *", catchUp: false },
  {
    task: "check-if-letters-still-pending-virus-check-nightly",
    cron: "0 20 * * *",
    catchUp: false,
    makesUpFor: 1,
  },
  // 23:00 in London is on one of the two ticks.
  {
    task: "raise-alert-if-no-letter-ack-file",
    cron: "0 22,23 * * *",
    catchUp: false,
    counts: (dueAt) => isLondonHour(dueAt, 23),
  },
  { task: "delete-old-letter-pictures", cron: "5,20,35,50 * * * *", catchUp: false },
  { task: "trigger-link-tests", cron: "*/15 * * * *", catchUp: false },
  { task: "auto-expire-broadcast-messages", cron: "*/5 * * * *", catchUp: true },
  { task: "watch-broadcast-messages", cron: "*/30 * * * * *", catchUp: false },
  // Midnight in London is one of the two: the task looks which.
  { task: "remove-yesterdays-planned-tests-on-govuk-alerts", cron: "0 0,23 * * *", catchUp: true },
  // Until it has run again, a search takes longer.
  { task: "describe-notifications", cron: "* * * * *", catchUp: false },
  { task: "check-queues", cron: "* * * * *", catchUp: false },
  { task: "check-storage", cron: "20 5 * * 0", catchUp: true },
  // Days after somebody was told of them; those that one run missed the next finds.
  { task: "delete-orphaned-files", cron: "20 5 * * 3", catchUp: false },
  // It looks at the day before it was due, so that a late look sees the same; the one before that nobody looks at again.
  {
    task: "check-for-services-with-high-failure-rates-or-sending-to-tv-numbers",
    cron: "30 10 * * 1-5",
    catchUp: true,
    makesUpFor: 0,
  },
  { task: "archive-unsubscribe-requests", cron: "5 0 * * *", catchUp: true },
  { task: "deep-archive-notification-history-up-to-limit", cron: "35 1 * * *", catchUp: true },
  { task: "delete-inbound-sms", cron: "40 1 * * *", catchUp: true },
  { task: "delete-old-records-from-events-table", cron: "4 3 * * *", catchUp: true },
  { task: "delete-old-records", cron: "24 3 * * *", catchUp: true },
  { task: "remove_sms_email_jobs", cron: "0 4 * * *", catchUp: true },
  { task: "remove_letter_jobs", cron: "20 4 * * *", catchUp: true },
  // What one tick missed the next finds: nothing it looks for ever grows too old.
  { task: "run-scheduled-jobs", cron: "0,15,30,45 * * * *", catchUp: true },
  { task: "check-job-status", cron: "* * * * *", catchUp: false },
  { task: "update-status-of-fully-processed-jobs", cron: "* * * * *", catchUp: false },
  { task: "check-for-missing-rows-in-completed-jobs", cron: "*/10 * * * *", catchUp: false },
  // After the time-out of what was sent, so that what is old is final.
  { task: "create-nightly-billing", cron: "15 0 * * *", catchUp: true },
  { task: "create-nightly-notification-status", cron: "30 0 * * *", catchUp: true },
  { task: "update-ft-billing-for-today", cron: "0 * * * *", catchUp: false },
  { task: "save-daily-notification-processing-time", cron: "0 2 * * *", catchUp: true },
  { task: "run-populate-annual-billing", cron: "1 2 1 4 *", catchUp: true },
  // Behind the status facts, which it waits for, also where both are caught up.
  { task: "delete-notifications-older-than-retention", cron: "0 3 * * *", catchUp: true },
  // What the console's overview shows. Minutes that were missed are counted with the next, a few at a time.
  { task: "count-traffic", cron: "* * * * *", catchUp: false },
  { task: "count-letters-to-print", cron: "*/5 * * * *", catchUp: false },
  { task: "note-schedules", cron: "* * * * *", catchUp: false },
  { task: "delete-old-task-runs", cron: "4 3 * * *", catchUp: false },
];

/** The last of a task's times until `at`; null where there is no such task. */
export function lastTimeOf(task: string, at: Date): Date | null {
  const schedule = schedules.find((one) => one.task === task);
  if (!schedule) return null;
  return lastTime(new Cron(schedule.cron, { timezone: "UTC" }), at, schedule.counts);
}

/** The first of a task's times after `at`; null where none of the next few hundred counts. */
export function nextTimeOf({ cron, counts = always }: Schedule, at: Date): Date | null {
  const times = new Cron(cron, { timezone: "UTC" });
  let next = times.nextRun(at);
  for (let n = 0; next !== null && !counts(next) && n < mostMissed; n++) next = times.nextRun(next);
  return next !== null && counts(next) ? next : null;
}

/** Looked through after a long time without workers: of daily tasks more than a year. */
const mostMissed = 400;

/** Those this copy has a use for. */
export function schedulesFor({
  snsLog,
  openSftp,
  dvla,
}: Pick<WorkerDeps, "snsLog" | "openSftp" | "dvla">): readonly Schedule[] {
  const useless = new Set([
    ...(snsLog === null ? ["read-sns-receipts"] : []),
    ...(openSftp === null ? [pollTask] : []),
    ...(dvla === null ? ["change-dvla-api-key", "change-dvla-password"] : []),
  ]);
  return schedules.filter(({ task }) => !useless.has(task));
}

/**
 * Makes each task's job when it is due, once though every worker does the same, and those of missed times now. Answers
 * with what stops it.
 */
export async function startSchedules(
  sql: Pool,
  log: Log,
  now: () => Date,
  table: readonly Schedule[] = schedules,
): Promise<() => void> {
  const crons = table.map(({ task, cron, counts = always }) => {
    const job = utcCron(cron, () => {
      const dueAt = lastTime(job, now());
      if (dueAt && counts(dueAt)) void fire({ sql, log }, task, dueAt);
    });
    return job;
  });
  await catchUpSchedules(sql, log, now(), table);
  return () => {
    for (const cron of crons) cron.stop();
  };
}

/** Queues what was missed until `at` and is run late; of what nothing makes up for, somebody is told. */
export async function catchUpSchedules(
  sql: Pool,
  log: Log,
  at: Date,
  table: readonly Schedule[] = schedules,
): Promise<void> {
  for (const schedule of table) {
    const cron = new Cron(schedule.cron, { timezone: "UTC" });
    const due = lastTime(cron, at, schedule.counts);
    const last = await lastDue(sql, schedule.task);
    // A task that never ran has missed nothing.
    if (!due || !last || last >= due) continue;
    if (schedule.catchUp) await fire({ sql, log }, schedule.task, due);
    await tellMissed(schedule, { cron, last, due });
  }

  /** Says that times were missed which no other makes up for. */
  async function tellMissed(
    { task, catchUp, makesUpFor, counts = always }: Schedule,
    { cron, last, due }: { cron: Cron; last: Date; due: Date },
  ): Promise<void> {
    if (makesUpFor === undefined) return;
    const times = cron.nextRuns(mostMissed, last).filter((time) => time <= due && counts(time));
    const missed = catchUp ? times.slice(0, -1) : times;
    const [first] = missed;
    if (!first || missed.length <= makesUpFor) return;
    const title = `A scheduled task did not run: ${task}`;
    const facts = {
      times: missed.length,
      from: first.toISOString(),
      to: missed.at(-1)?.toISOString() ?? null,
    };
    try {
      await raiseAlert(sql, { subject: `missed-runs:${task}`, severity: "ticket", title, facts, at });
    } catch (error) {
      log.error({ task, err: error }, "Cannot tell of missed runs");
    }
  }
}

async function fire({ sql, log }: { sql: Pool; log: Log }, task: string, dueAt: Date): Promise<void> {
  try {
    await fireSchedule(sql, task, dueAt);
  } catch (error) {
    log.error({ task, dueAt, err: error }, "Cannot queue a scheduled task");
  }
}

/** Calls `run` at each of its times, whatever zone the machine is in. */
export function utcCron(cron: string, run: () => void): Cron {
  return new Cron(cron, { timezone: "UTC", unref: true }, run);
}

/** The last of its times until `at`, which may be one itself, that counts; looked for among some few. */
export function lastTime(cron: Cron, at: Date, counts = always): Date | null {
  // croner answers with what was before, and may well call on the very millisecond.
  return cron.previousRuns(6, new Date(at.getTime() + 1)).find(counts) ?? null;
}

function always(_dueAt: Date): boolean {
  return true;
}

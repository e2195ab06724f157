import { describe, expect, test } from "bun:test";
import { listOpenAlerts } from "../../shared/alert/queries.ts";
import { queues } from "../../shared/queue/jobs.ts";
import { fetchJobs } from "../../shared/queue/queries.ts";
import { fireSchedule } from "../../shared/schedule/queries.ts";
import { catchUpSchedules, lastTimeOf, type Schedule, schedulesFor } from "../../worker/schedules.ts";
import { createListLog } from "../support/list-log.ts";
import { openQueueWorld, type QueueWorld } from "../support/queue.ts";

const all: readonly Schedule[] = schedulesFor({ snsLog: {}, openSftp: {}, dvla: {} } as never);
const { log } = createListLog();
/** A Wednesday after a first Tuesday. */
const now = new Date("2026-08-05T09:30:30Z");
const dayMs = 24 * 3_600_000;

/**
 * What becomes of a time that no worker was there for (`spec/schedule.md` 9 and, for letters, `spec/letters.md` 9).
 *
 * `run`: it is run at start. `tell`: somebody is told, as nothing looks at that time again. `heals`: the next time
 * makes up for it, or what it would have done is of no use any more.
 */
const decisions: Readonly<Record<string, "run" | "tell" | "heals">> = {
  // Section 9: safe.
  "timeout-sending-notifications": "run",
  "run-scheduled-jobs": "run",
  "create-nightly-billing": "run",
  "create-nightly-notification-status": "run",
  "save-daily-notification-processing-time": "run",
  "run-populate-annual-billing": "run",
  "delete-notifications-older-than-retention": "run",
  "delete-inbound-sms": "run",
  "deep-archive-notification-history-up-to-limit": "run",
  "archive-unsubscribe-requests": "run",
  "delete-old-records-from-events-table": "run",
  "delete-old-records": "run",
  remove_sms_email_jobs: "run",
  remove_letter_jobs: "run",
  // No letter is printed twice, and none may be lost with an evening (`spec/letters.md`, "catch up at boot").
  "check-time-to-collate-letters": "run",
  "check-storage": "run",
  // What ended meanwhile has ended whenever it is noted.
  "auto-expire-broadcast-messages": "run",
  "remove-yesterdays-planned-tests-on-govuk-alerts": "run",
  // Its window ends when it was due: run late it finds the same.
  "check-for-services-with-high-failure-rates-or-sending-to-tv-numbers": "run",
  // Section 9: not safe.
  "change-dvla-api-key": "tell",
  "change-dvla-password": "tell",
  // The next one looks as far back as it must, or goes by what there is then.
  "replay-created-notifications": "heals",
  "check-job-status": "heals",
  "update-status-of-fully-processed-jobs": "heals",
  "check-for-missing-rows-in-completed-jobs": "heals",
  "update-ft-billing-for-today": "heals",
  "delete-old-idempotency-keys": "heals",
  "delete-expired-documents": "heals",
  "delete-old-letter-pictures": "heals",
  "delete-old-callback-attempts": "heals",
  "delete-old-alerts": "heals",
  "delete-old-task-runs": "heals",
  "count-traffic": "heals",
  "count-letters-to-print": "heals",
  "note-schedules": "heals",
  "delete-orphaned-files": "heals",
  "read-sns-receipts": "heals",
  "generate-sms-delivery-stats": "heals",
  "switch-current-sms-provider-on-slow-delivery": "heals",
  "tend-providers-back-to-middle": "heals",
  "tend-callbacks": "heals",
  "check-for-low-available-inbound-sms-numbers": "heals",
  "describe-notifications": "heals",
  "check-queues": "heals",
  "trigger-link-tests": "heals",
  "watch-broadcast-messages": "heals",
  "check-print-runs": "heals",
  "poll-dvla-files": "heals",
  "raise-alert-if-letter-notifications-still-sending": "heals",
  "raise-alert-if-nothing-came-from-dvla": "heals",
  "raise-alert-if-no-letter-ack-file": "heals",
  "check-if-letters-still-in-created": "heals",
  "check-if-letters-in-technical-failure": "heals",
  "check-if-letters-still-pending-virus-check": "heals",
  "check-if-letters-still-pending-virus-check-nightly": "heals",
};

const jobs = async ({ sql }: QueueWorld) =>
  (
    await sql<{ task: string; dueAt: string }[]>`
    select data->>'task' as task, data->>'dueAt' as "dueAt" from pgboss.job where name = 'maintenance'`
  ).map(({ task, dueAt }) => `${task} ${dueAt}`);
const ranAt = async ({ sql }: QueueWorld, task: string, dueAt: Date) => {
  await sql`insert into task_runs (task, due_at, outcome) values (${task}, ${dueAt}, 'done')`;
};
const toldOf = async ({ sql }: QueueWorld) =>
  (await listOpenAlerts(sql)).map(({ subject }) => subject).sort();

/** The last time of a task before the one that was missed. */
function timeBefore(task: string): Date {
  const missed = lastTimeOf(task, now);
  const before = missed && lastTimeOf(task, new Date(missed.getTime() - 1));
  if (!before) throw new Error(`Cannot find the times of ${task}`);
  return before;
}

describe("a worker that was down over a time", () => {
  test("has decided for each task what becomes of it", () => {
    for (const { task, catchUp, makesUpFor } of all) {
      const decision = catchUp ? "run" : makesUpFor === 0 ? "tell" : "heals";
      expect({ task, decision }).toEqual({ task, decision: decisions[task] ?? "decide here" });
    }
  });

  test("runs what is run late, tells of what nobody looks at again, and leaves the rest", async () => {
    await using world = await openQueueWorld();
    for (const { task } of all) await ranAt(world, task, timeBefore(task));

    await Promise.all([1, 2, 3].map(() => catchUpSchedules(world.sql, log, now, all)));

    const late = all.filter(({ catchUp }) => catchUp);
    const expected = late.map(({ task }) => `${task} ${lastTimeOf(task, now)?.toISOString()}`);
    expect((await jobs(world)).sort()).toEqual(expected.sort());
    expect(await toldOf(world)).toEqual([
      "missed-runs:change-dvla-api-key",
      "missed-runs:change-dvla-password",
    ]);
  });

  test("is told of once more are missed than the next makes up for", async () => {
    await using world = await openQueueWorld();
    const table: Schedule[] = [
      { task: "two", cron: "0 7 * * *", catchUp: false, makesUpFor: 2 },
      { task: "three", cron: "0 7 * * *", catchUp: false, makesUpFor: 2 },
      { task: "run", cron: "0 7 * * *", catchUp: true, makesUpFor: 2 },
      { task: "any", cron: "0 7 * * *", catchUp: false },
      { task: "new", cron: "0 7 * * *", catchUp: false, makesUpFor: 0 },
    ];
    const due = Date.parse("2026-08-05T07:00:00Z");
    await ranAt(world, "two", new Date(due - 2 * dayMs));
    for (const task of ["three", "run", "any"]) await ranAt(world, task, new Date(due - 3 * dayMs));

    await catchUpSchedules(world.sql, log, now, table);

    expect(await toldOf(world)).toEqual(["missed-runs:three"]);
    const [alert] = await world.sql`select facts from alerts`;
    expect(alert?.facts).toEqual({
      times: 3,
      from: "2026-08-03T07:00:00.000Z",
      to: "2026-08-05T07:00:00.000Z",
    });
  });
});

describe("two runs of one task", () => {
  test("are never at the same time, over all workers; those of others go on", async () => {
    await using world = await openQueueWorld();
    const due = (minute: number) => new Date(Date.UTC(2026, 7, 5, 9, minute));
    for (const minute of [1, 2, 3]) await fireSchedule(world.sql, "slow", due(minute));
    await fireSchedule(world.sql, "other", due(1));
    const { perService } = queues.maintenance;
    const fetch = async () => {
      const fetched = await fetchJobs(world.sql, "maintenance", { room: 4, perService, after: "" });
      return fetched.map(({ groupId }) => groupId).sort();
    };

    const together = await Promise.all([fetch(), fetch(), fetch()]);
    const later = await fetch();

    expect(together.flat().sort()).toEqual(["other", "slow"]);
    expect(later).toEqual([]);
  });
});

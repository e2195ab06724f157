import { Cron } from "croner";
import { tendTask } from "../shared/callback/tend.ts";
import type { Pool } from "../shared/database.ts";
import type { Log } from "../shared/log.ts";
import { fireSchedule, lastDue } from "../shared/schedule/queries.ts";
import type { Providers } from "./providers/open.ts";

export interface Schedule {
  task: string;
  /** UTC. */
  cron: string;
  /** Run at start when its last time was missed; safe where `spec/schedule.md` 9 says so. */
  catchUp: boolean;
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
  { task: "delete-old-task-runs", cron: "4 3 * * *", catchUp: false },
];

/** Those this copy has a use for. */
export function schedulesFor({ snsLog }: Pick<Providers, "snsLog">): readonly Schedule[] {
  return schedules.filter(({ task }) => task !== "read-sns-receipts" || snsLog !== null);
}

/** Makes each task's job when it is due, once though every worker does the same. Answers with what stops it. */
export async function startSchedules(
  sql: Pool,
  log: Log,
  now: () => Date,
  table: readonly Schedule[] = schedules,
): Promise<() => void> {
  const crons = table.map(({ task, cron }) => {
    const job = utcCron(cron, () => {
      const dueAt = lastTime(job, now());
      if (dueAt) void fire(task, dueAt);
    });
    return job;
  });
  for (const [at, { task, catchUp }] of table.entries()) {
    const cron = crons[at];
    const due = cron && lastTime(cron, now());
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

/** The last of its times until `at`, which may be one itself. */
export function lastTime(cron: Cron, at: Date): Date | null {
  // croner answers with what was before, and may well call on the very millisecond.
  return cron.previousRuns(1, new Date(at.getTime() + 1))[0] ?? null;
}

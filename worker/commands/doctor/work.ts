import { listOpenAlerts } from "../../../shared/alert/queries.ts";
import type { Db } from "../../../shared/database.ts";
import { queues } from "../../../shared/queue/jobs.ts";
import { countDeadLetters, listQueueLevels } from "../../../shared/queue/status.ts";
import { lastTimeOf } from "../../schedules.ts";
import { type Finding, fault, ok, warning } from "./finding.ts";

/** A job that has been due this long is late. */
const lateSeconds = 300;

export async function checkWorkers(db: Db): Promise<Finding> {
  const [row] = await db<{ connections: number }[]>`
    select count(*)::int as connections from pg_stat_activity
    where application_name = 'pillarbox worker' and datname = current_database()`;
  return row?.connections
    ? ok("workers", `${row.connections} connections of workers are open`)
    : warning("workers", "No worker is connected", "Start one: nothing is sent without");
}

export async function checkQueues(db: Db): Promise<Finding[]> {
  const levels = await listQueueLevels(db);
  const found = new Set(levels.map(({ queue }) => queue));
  const missing = Object.keys(queues).filter((name) => !found.has(name));
  const late = levels.filter(({ oldestDueSeconds }) => oldestDueSeconds > lateSeconds);
  const waiting = levels.reduce((sum, level) => sum + level.waiting, 0);
  const findings: Finding[] = [];
  if (missing.length > 0) {
    findings.push(fault("queues", `Missing: ${missing.join(", ")}`, "Start a worker: it makes them"));
  }
  for (const { queue, due, oldestDueSeconds } of late) {
    findings.push(
      warning(
        "queues",
        `${due} jobs of ${queue} are due, the oldest for ${Math.round(oldestDueSeconds)} s`,
        `See bun run cli queues show ${queue}; start more workers, or raise its concurrency`,
      ),
    );
  }
  if (findings.length === 0) findings.push(ok("queues", `${waiting} jobs wait, none is late`));
  const dead = (await countDeadLetters(db, null)).map(({ queue, jobs }) => `${jobs} of ${queue}`);
  findings.push(
    dead.length === 0
      ? ok("dead letters", "None")
      : warning(
          "dead letters",
          dead.join(", "),
          "See bun run cli queues dead; put them back with queues redrive, or let them go with queues drop",
        ),
  );
  return findings;
}

/** How late a schedule may be before that says something. */
const graceMs = 5 * 60 * 1000;

/** Whether each task that ever ran did so the last time it was due, and how the last runs went. */
export async function checkSchedules(db: Db, now: Date): Promise<Finding[]> {
  const runs = await db<{ task: string; dueAt: Date; failed: number }[]>`
    select task, max(due_at) as "dueAt",
      (count(*) filter (where outcome = 'failed' and due_at > ${now}::timestamptz - interval '1 day'))::int as failed
    from task_runs group by task order by task`;
  if (runs.length === 0) {
    return [warning("schedules", "No scheduled task ever ran", "Start a worker: it runs them")];
  }
  const until = new Date(now.getTime() - graceMs);
  const late = runs.filter(({ task, dueAt }) => (lastTimeOf(task, until) ?? dueAt) > dueAt);
  const failed = runs.filter((run) => run.failed > 0);
  const findings: Finding[] = [];
  if (late.length > 0) {
    const tasks = late.map(({ task, dueAt }) => `${task} (last due ${dueAt.toISOString()})`);
    findings.push(
      warning(
        "schedules",
        `Late: ${tasks.join(", ")}`,
        "See that a worker runs and its queue maintenance moves",
      ),
    );
  }
  if (failed.length > 0) {
    const tasks = failed.map(({ task, failed: times }) => `${task} (${times})`);
    findings.push(
      warning(
        "schedules",
        `Failed since yesterday: ${tasks.join(", ")}`,
        "See the worker's log and queues dead",
      ),
    );
  }
  return findings.length > 0 ? findings : [ok("schedules", `${runs.length} tasks ran when they were due`)];
}

export async function checkAlerts(db: Db): Promise<Finding> {
  const open = await listOpenAlerts(db);
  return open.length === 0
    ? ok("alerts", "None is open")
    : warning("alerts", `${open.length} are open`, "See bun run cli alert list");
}

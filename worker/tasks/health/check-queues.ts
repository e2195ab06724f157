import { raiseAlert, resolveAlert } from "../../../shared/alert/alert.ts";
import { listOpenAlerts } from "../../../shared/alert/queries.ts";
import { listFailingReceivers } from "../../../shared/callback/failing.ts";
import { countDeadLetters, listQueueLevels, type QueueLevel } from "../../../shared/queue/status.ts";
import type { WorkerDeps } from "../../deps.ts";
import { judge } from "../../letters/dvla/judge.ts";

/** How long a job may be due before somebody must look, in seconds. */
const patience = 10 * 60;
/** Where much at once is usual, and nobody waits for the single one. */
const patient: Readonly<Record<string, number>> = {
  "create-letter-pdf": 3600,
  "sanitise-letter": 3600,
  "scan-letter": 3600,
  "deliver-letter": 4 * 3600,
  "upload-letter-batch": 4 * 3600,
  "process-batch": 3600,
  "process-rows": 3600,
  "service-callbacks-retry": 3600,
  "service-callbacks-replay": 4 * 3600,
  "callback-replays": 4 * 3600,
  "delete-notifications": 12 * 3600,
};
/** What waits there waits for a person, or for a receiver that is spared. */
const unworked = new Set(["dead-letters", "service-callbacks-parked"]);

/** Receivers that fail for less are their services' to mend. */
const failingMs = 24 * 3_600_000;
const mostNamed = 20;

/** Looks, each minute, for what the queues say is wrong; what is cured is closed (`spec/schedule.md` 8, "Ours"). */
export async function checkQueues(deps: WorkerDeps): Promise<string> {
  const late = await judgeLateness(deps);

  const dead = await countDeadLetters(deps.sql, null);
  const jobs = dead.reduce((sum, { jobs }) => sum + jobs, 0);
  await judge(deps, jobs > 0, {
    subject: "dead-letters",
    title: "Jobs have used up their attempts",
    facts: { jobs, queues: dead.map(({ queue, jobs }) => `${queue ?? "unknown"}: ${jobs}`) },
  });

  const since = new Date(deps.now().getTime() - failingMs);
  const failing = await listFailingReceivers(deps.sql, { since, limit: mostNamed });
  await judge(deps, failing.length > 0, {
    subject: "callbacks-failing",
    title: "Receivers of callbacks have been failing for more than a day",
    facts: {
      receivers: failing.map(
        ({ serviceId, type, since }) => `${serviceId} ${type} since ${since.toISOString()}`,
      ),
    },
  });
  return `${late} queues are late, ${jobs} jobs are dead, ${failing.length} receivers fail`;
}

/** One alert a queue, so that the second is told of too. Answers how many are late. */
async function judgeLateness({ sql, now }: WorkerDeps): Promise<number> {
  const late = (await listQueueLevels(sql)).filter(isLate);
  const at = now();
  for (const { queue, due, oldestDueSeconds } of late) {
    await raiseAlert(sql, {
      subject: `${prefix}${queue}`,
      severity: "page",
      title: `Jobs have been waiting for too long: ${queue}`,
      facts: { due, oldest_due_minutes: Math.round(oldestDueSeconds / 60) },
      at,
    });
  }
  const subjects = new Set(late.map(({ queue }) => prefix + queue));
  for (const { subject } of await listOpenAlerts(sql)) {
    if (subject.startsWith(prefix) && !subjects.has(subject)) await resolveAlert(sql, subject, at);
  }
  return late.length;
}

const prefix = "queue-late:";

function isLate({ queue, oldestDueSeconds }: QueueLevel): boolean {
  return !unworked.has(queue) && oldestDueSeconds > (patient[queue] ?? patience);
}

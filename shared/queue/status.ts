import type { Db } from "../database.ts";

/** What operators see of a queue. */
export interface QueueStatus {
  queue: string;
  /** Not begun, or to be tried again. */
  waiting: number;
  /** Of those waiting, what a worker may take now. */
  due: number;
  active: number;
  /** Failed for good, as long as they are kept. */
  failed: number;
  /** Null where nothing waits. */
  oldestWaitingSeconds: number | null;
}

/** Every queue, those without jobs too. Reads all jobs: for people, not for a loop. */
export async function listQueues(db: Db): Promise<QueueStatus[]> {
  return await db<QueueStatus[]>`
    select q.name as queue, coalesce(j.waiting, 0) as waiting, coalesce(j.due, 0) as due,
      coalesce(j.active, 0) as active, coalesce(j.failed, 0) as failed, j.oldest as "oldestWaitingSeconds"
    from pgboss.queue q left join (
      select name, count(*) filter (where state < 'active')::int as waiting,
        count(*) filter (where state < 'active' and not blocked and start_after <= pgboss.job_now())::int as due,
        count(*) filter (where state = 'active')::int as active,
        count(*) filter (where state = 'failed')::int as failed,
        extract(epoch from pgboss.job_now() - min(created_on) filter (where state < 'active'))::int as oldest
      from pgboss.job group by name
    ) j on j.name = q.name
    order by q.name`;
}

/** What waits in a queue. */
export interface QueueLevel {
  queue: string;
  /** Not begun, or to be tried again. */
  waiting: number;
  /** Of those, what a worker may take now. */
  due: number;
  /** For how long the oldest of these has been due; 0 where there is none. */
  oldestDueSeconds: number;
}

/** Every queue, those without jobs too. Reads no job but an index of those that wait. */
export async function listQueueLevels(db: Db): Promise<QueueLevel[]> {
  return await db<QueueLevel[]>`
    select q.name as queue, coalesce(j.waiting, 0) as waiting, coalesce(j.due, 0) as due,
      coalesce(j.oldest, 0) as "oldestDueSeconds"
    from pgboss.queue q left join (
      select name, count(*)::int as waiting, count(*) filter (where start_after <= pgboss.job_now())::int as due,
        extract(epoch from pgboss.job_now() - min(start_after) filter (where start_after <= pgboss.job_now()))::float8
          as oldest
      from pgboss.job where state < 'active' and not blocked group by name
    ) j on j.name = q.name
    order by q.name`;
}

/** A job without its data, which may be personal. */
export interface JobSummary {
  id: string;
  state: string;
  /** The queue it used up its retries in; null where it is in its own. */
  cameFrom: string | null;
  createdAt: Date;
  dueAt: Date;
  /** In the queue it came from, where there is one. */
  attempts: number;
  /** What the last attempt failed with. */
  reason: string | null;
}

/** Unfinished and failed jobs, oldest first. */
export async function listJobs(db: Db, queue: string, limit: number): Promise<JobSummary[]> {
  return await db<JobSummary[]>`
    select id, state, source_name as "cameFrom", created_on as "createdAt", start_after as "dueAt",
      case when source_name is not null then source_retry_count + 1 when started_on is not null then retry_count + 1
        else 0 end as attempts,
      coalesce(source_output, output)->>'message' as reason
    from pgboss.job where name = ${queue} and (state <= 'active' or state = 'failed')
    order by created_on, id limit ${limit}`;
}

/** A job that used up its attempts, without its data, which may be personal. */
export interface DeadLetter {
  id: string;
  /** Where it came from, and goes back to. */
  queue: string | null;
  /** When it was first queued, and when its last attempt failed. */
  queuedAt: Date | null;
  failedAt: Date;
  attempts: number | null;
  /** What the last attempt failed with. */
  reason: string | null;
}

/** Oldest first; those of one queue, or of all where it is null. */
export async function listDeadLetters(
  db: Db,
  { queue, limit }: { queue: string | null; limit: number },
): Promise<DeadLetter[]> {
  return await db<DeadLetter[]>`
    select ${deadLetter(db)} from pgboss.job where name = 'dead-letters' and state < 'active' ${ofQueue(db, queue)}
    order by created_on, id limit ${limit}`;
}

/** Null where there is no such dead letter. */
export async function findDeadLetter(db: Db, id: string): Promise<DeadLetter | null> {
  const [row] = await db<DeadLetter[]>`
    select ${deadLetter(db)} from pgboss.job where name = 'dead-letters' and id = ${id} and state < 'active'`;
  return row ?? null;
}

/** The columns of a `DeadLetter`. */
function deadLetter(db: Db) {
  return db`id, source_name as queue, source_created_on as "queuedAt", created_on as "failedAt",
    source_retry_count + 1 as attempts, source_output->>'message' as reason`;
}

/** How many there are of each queue; those of one, or of all where it is null. */
export async function countDeadLetters(
  db: Db,
  queue: string | null,
): Promise<{ queue: string | null; jobs: number }[]> {
  return await db<{ queue: string | null; jobs: number }[]>`
    select source_name as queue, count(*)::int as jobs from pgboss.job
    where name = 'dead-letters' and state < 'active' ${ofQueue(db, queue)}
    group by source_name order by source_name`;
}

/** The queue a dead letter came from; null where there is no such dead letter. */
export async function findDeadLetterQueue(db: Db, id: string): Promise<string | null> {
  const [row] = await db<{ queue: string | null }[]>`
    select source_name as queue from pgboss.job where name = 'dead-letters' and id = ${id} and state < 'active'`;
  return row?.queue ?? null;
}

function ofQueue(db: Db, queue: string | null) {
  return queue === null ? db`` : db`and source_name = ${queue}`;
}

/** Where a notification's delivery waits or runs; null where no job would bring it to a provider. */
export interface DeliveryJob {
  queue: string;
  state: string;
  retries: number;
  dueAt: Date;
}

/** Reads the delivery queues whole: the data of jobs has no index. */
export async function findDeliveryJob(db: Db, notificationId: string): Promise<DeliveryJob | null> {
  const [row] = await db<DeliveryJob[]>`
    select name as queue, state, retry_count as retries, start_after as "dueAt" from pgboss.job
    where name in ('deliver-sms', 'deliver-email', 'deliver-research', 'create-letter-pdf', 'scan-letter',
        'sanitise-letter', 'deliver-letter', 'delivery-exhausted') and state <= 'active'
      and data->>'notificationId' = ${notificationId}
    order by created_on desc limit 1`;
  return row ?? null;
}

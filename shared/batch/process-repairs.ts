import type { Db, Pool } from "../database.ts";
import { derivedId } from "../queue/derived-id.ts";
import { enqueue, type NewJob } from "../queue/enqueue.ts";
import type { BatchStatus } from "./batch.ts";

/*
 * What finds batches that nobody works any more (`spec/admin-api.md` 5.5). Notify looks at windows of some minutes, and
 * what it misses in one stays; these have no end, and count instead how often they tried.
 */

interface OpenBatch {
  id: string;
  serviceId: string;
}

/** At once; what is left comes the next time. */
const mostAtOnce = 1000;

/** Batches whose time has come: each is queued to begin. Answers how many. */
export async function startDueBatches(sql: Pool, at: Date): Promise<number> {
  return await sql.begin(async (tx) => await startDue(tx, at));
}

async function startDue(db: Db, at: Date): Promise<number> {
  const due = await db<OpenBatch[]>`
    update jobs set job_status = 'pending', updated_at = ${at}
    where id in (
      select id from jobs where job_status = 'scheduled' and scheduled_for < ${at}
      order by scheduled_for limit ${mostAtOnce} for update skip locked)
    and job_status = 'scheduled'
    returning id, service_id as "serviceId"`;
  // Their own jobs, if they had any, are spent.
  await enqueue(db, await Promise.all(due.map((batch) => jobOf(batch, "due"))));
  return due.length;
}

export interface Repaired {
  /** Queued once more. */
  again: number;
  /** Tried too often: for a person to look at. */
  givenUp: string[];
}

/** So often somebody may die over one. */
const mostRepairs = 10;

/**
 * Queues batches again that began, or were to begin, and have not moved since `before`, and those that are finished since
 * then with rows that were not stored. Those with a job of their own are left to it.
 */
export async function repairBatches(sql: Pool, search: Search): Promise<Repaired> {
  return await sql.begin(async (tx) => await repair(tx, search));
}

interface Search {
  status: "unfinished" | "finished";
  /** They have not moved since. */
  before: Date;
  at: Date;
}

async function repair(db: Db, { status, before, at }: Search): Promise<Repaired> {
  const stuck =
    status === "finished"
      ? db`j.job_status = 'finished' and greatest(j.processing_finished, j.progressed_at) < ${before}
          and exists (select from job_row_groups g where g.job_id = j.id and g.stored_at is null)`
      : db`j.job_status in ('pending', 'in progress', 'error')
          and coalesce(greatest(j.progressed_at, j.scheduled_for), j.created_at) < ${before}`;
  const found = await db<(OpenBatch & { repairs: number })[]>`
    update jobs j set repairs = j.repairs + 1, progressed_at = ${at}, updated_at = ${at},
      job_status = case when j.job_status = 'in progress' then 'error' else j.job_status end
    where ${stuck} and j.repairs < ${mostRepairs}
      and not exists (select from pgboss.job q where q.name = 'process-batch' and q.group_id = j.service_id::text
        and q.state <= 'active' and q.data->>'batchId' = j.id::text)
    returning j.id, j.service_id as "serviceId", j.repairs`;
  await enqueue(db, await Promise.all(found.map((batch) => jobOf(batch, `again ${batch.repairs}`))));
  const given = await db<{ id: string }[]>`
    select j.id from jobs j where ${stuck} and j.repairs >= ${mostRepairs} limit ${mostAtOnce}`;
  return { again: found.length, givenUp: given.map(({ id }) => id) };
}

/** A batch that somebody may have to look at. */
export interface OpenBatchObject extends OpenBatch {
  service: string;
  status: BatchStatus;
  rows: number;
  /** Messages stored. */
  stored: number;
  /** When it last got on; null where it never began. */
  progressedAt: Date | null;
  repairs: number;
}

/** Batches that are not done, the oldest first: all of them, or one whatever its state. */
export async function listOpenBatches(db: Db, id: string | null): Promise<OpenBatchObject[]> {
  return await db<OpenBatchObject[]>`
    select j.id, j.service_id as "serviceId", s.name as service, j.job_status as status,
      j.notification_count as rows, j.progressed_at as "progressedAt", j.repairs,
      coalesce((select sum(g.row_count) from job_row_groups g where g.job_id = j.id and g.stored_at is not null),
        0)::int as stored
    from jobs j join services s on s.id = j.service_id
    where ${id === null ? db`j.job_status in ('pending', 'in progress', 'error', 'finished')` : db`j.id = ${id}`}
    order by j.created_at, j.id limit ${mostAtOnce}`;
}

/**
 * Queues a batch again at once, also one that was given up. `working`: a job of its own waits or runs; `done`: it is
 * scheduled, cancelled, or all its rows are stored; `none`: there is none.
 */
export async function resumeBatch(
  sql: Pool,
  id: string,
  at: Date,
): Promise<"queued" | "working" | "done" | "none"> {
  return await sql.begin(async (tx) => {
    const [batch] = await tx<{ isOpen: boolean; isWorking: boolean }[]>`
      select j.job_status in ('pending', 'in progress', 'error') or (j.job_status = 'finished' and exists (
          select from job_row_groups g where g.job_id = j.id and g.stored_at is null)) as "isOpen",
        exists (select from pgboss.job q where q.name = 'process-batch' and q.group_id = j.service_id::text
          and q.state <= 'active' and q.data->>'batchId' = j.id::text) as "isWorking"
      from jobs j where j.id = ${id} for no key update of j`;
    if (!batch) return "none";
    if (!batch.isOpen) return "done";
    if (batch.isWorking) return "working";
    const [again] = await tx<(OpenBatch & { repairs: number })[]>`
      update jobs set repairs = repairs + 1, progressed_at = ${at}, updated_at = ${at},
        job_status = case when job_status = 'in progress' then 'error' else job_status end
      where id = ${id}
      returning id, service_id as "serviceId", repairs`;
    if (!again) return "none";
    await enqueue(tx, [await jobOf(again, `again ${again.repairs}`)]);
    return "queued";
  });
}

/** Made twice for one reason it exists once. */
async function jobOf({ id, serviceId }: OpenBatch, reason: string): Promise<NewJob<"process-batch">> {
  return {
    name: "process-batch",
    id: await derivedId(`process-batch ${id} ${reason}`),
    data: { batchId: id, again: true },
    groupId: serviceId,
  };
}

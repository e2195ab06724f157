import type { Db, Pool } from "../database.ts";
import { derivedId } from "../queue/derived-id.ts";
import { enqueue, type NewJob } from "../queue/enqueue.ts";

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

/** Made twice for one reason it exists once. */
async function jobOf({ id, serviceId }: OpenBatch, reason: string): Promise<NewJob<"process-batch">> {
  return {
    name: "process-batch",
    id: await derivedId(`process-batch ${id} ${reason}`),
    data: { batchId: id, again: true },
    groupId: serviceId,
  };
}

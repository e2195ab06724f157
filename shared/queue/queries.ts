import type { Db } from "../database.ts";
import type { JobName } from "./jobs.ts";

/** A job as it was claimed. `retryCount` names the attempt: what settles it must name the same. */
export interface FetchedJob {
  id: string;
  data: unknown;
  retryCount: number;
  retryLimit: number;
  groupId: string | null;
}

/**
 * Claims up to `room` due jobs, at most `perService` of a service at once over all workers, beginning with the
 * service after `after`.
 */
export async function fetchJobs(
  db: Db,
  queue: JobName,
  { room, perService, after }: { room: number; perService: number | null; after: string },
): Promise<FetchedJob[]> {
  return await db<FetchedJob[]>`select * from fetch_jobs(${queue}, ${room}, ${perService}, ${after})`;
}

/** Puts claimed jobs back as if they had not been claimed, for a worker that stops before it began or finished them. */
export async function giveBack(db: Db, queue: JobName, ids: readonly string[]): Promise<void> {
  await db`
    update pgboss.job set state = 'created', started_on = null, heartbeat_on = null
    where name = ${queue} and id = any(${ids as string[]}::uuid[]) and state = 'active'`;
}

/** Makes failed jobs due after another delay than their queue's. */
export async function retryAfter(
  db: Db,
  queue: JobName,
  ids: readonly string[],
  seconds: number,
): Promise<void> {
  await db`
    update pgboss.job set start_after = pgboss.job_now() + ${seconds} * interval '1s'
    where name = ${queue} and id = any(${ids as string[]}::uuid[]) and state = 'retry'`;
}

/** Makes this attempt at claimed jobs their last: once failed, they lie in `dead-letters`. */
export async function makeLastAttempt(db: Db, queue: JobName, jobs: readonly FetchedJob[]): Promise<void> {
  await db`
    update pgboss.job set retry_limit = retry_count, dead_letter = 'dead-letters'
    where name = ${queue} and id = any(${jobs.map(({ id }) => id)}::uuid[]) and state = 'active'`;
}

/** Which of these claims another worker has taken over, because our heartbeat was missed. */
export async function lostClaims(db: Db, queue: JobName, jobs: readonly FetchedJob[]): Promise<string[]> {
  const claims = jobs.map(({ id, retryCount }) => ({ id, retry_count: retryCount }));
  const rows = await db<{ id: string }[]>`
    select c.id from json_to_recordset(${JSON.stringify(claims)}::text::json) as c (id uuid, retry_count integer)
    join pgboss.job j on j.name = ${queue} and j.id = c.id
    where j.state < 'active' or j.retry_count > c.retry_count`;
  return rows.map(({ id }) => id);
}

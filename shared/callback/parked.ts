import type { Db } from "../database.ts";
import { derivedId } from "../queue/derived-id.ts";
import type { NewJob } from "../queue/enqueue.ts";
import type { Payload } from "../queue/jobs.ts";
import type { Breaker } from "./health.ts";

/**
 * A callback that waits until its receiver is called again, in place of the job that would have told it. The attempt
 * is not used up. One job, however often the same job asks.
 */
export async function parkedJob(
  jobId: string,
  callbackId: string,
  data: Payload<"service-callbacks">,
): Promise<NewJob<"service-callbacks-parked">> {
  const id = await derivedId(`${jobId}:parked`);
  return { name: "service-callbacks-parked", id, data, groupId: callbackId };
}

/** A callback of which something is parked, and how its receiver is spared: null where it no longer is. */
export interface Parked {
  callbackId: string;
  breaker: Breaker | null;
}

/** Reads one job a callback, however many are parked. */
export async function listParked(db: Db): Promise<Parked[]> {
  const rows = await db<{ callbackId: string; openedAt: Date | null; probeAt: Date | null }[]>`
    with recursive parked (callback_id) as (
      (select group_id from pgboss.job
        where name = 'service-callbacks-parked' and group_id > '' and state < 'active' and not blocked
        order by group_id limit 1)
      union all
      select (select j.group_id from pgboss.job j
        where j.name = 'service-callbacks-parked' and j.group_id > p.callback_id and j.state < 'active' and not j.blocked
        order by j.group_id limit 1)
      from parked p where p.callback_id is not null
    )
    select p.callback_id as "callbackId", b.opened_at as "openedAt", b.probe_at as "probeAt"
    from parked p left join callback_breakers b on b.callback_id = p.callback_id::uuid
      and exists (select from service_callback_api a where a.id = b.callback_id)
    where p.callback_id is not null`;
  return rows.map(({ callbackId, openedAt, probeAt }) => ({
    callbackId,
    breaker: openedAt && probeAt && { openedAt, probeAt },
  }));
}

/**
 * Moves what is parked to the lane for retries, which shares its slots fairly with what else the service is told;
 * oldest first, `limit` at most. Answers how many it moved.
 */
export async function releaseParked(db: Db, callbackId: string, limit: number): Promise<number> {
  const [row] = await db<{ moved: number }[]>`
    with taken as (
      delete from pgboss.job where name = 'service-callbacks-parked' and id = any (array(
        select id from pgboss.job
        where name = 'service-callbacks-parked' and group_id = ${callbackId} and state < 'active' and not blocked
        order by start_after limit ${limit} for update skip locked
      ))
      returning id, data, start_after
    ), jobs as (
      select count(*)::int as moved, json_agg(json_build_object('id', id, 'name', 'service-callbacks-retry',
        'data', data, 'group_id', data->>'serviceId', 'start_after', start_after)) as jobs
      from taken
    )
    select moved, enqueue_jobs(jobs) from jobs where moved > 0`;
  return row?.moved ?? 0;
}

import type { Pool } from "../database.ts";
import { wakeChannel } from "./enqueue.ts";

/** As many in one transaction. */
const mostAtOnce = 1000;

/**
 * Puts dead letters back into the queue they came from, as new jobs with all their attempts: one, or all of a queue,
 * oldest first. Each goes back once, however many ask for it at the same time. One whose key an unfinished job of an
 * exclusive queue has stays where it is. Answers how many went. Equals pg-boss's own redrive in the jobs it makes.
 */
export async function redriveDeadLetters(
  sql: Pool,
  which: { id: string } | { queue: string },
): Promise<number> {
  let moved = 0;
  let after: Position | null = { at: "-infinity", id: "00000000-0000-0000-0000-000000000000" };
  while (after !== null) {
    const batch = await redriveSome(sql, which, after);
    moved += batch.moved;
    after = batch.last;
  }
  return moved;
}

interface Position {
  /** As Postgres writes it, to the microsecond. */
  at: string;
  id: string;
}

async function redriveSome(
  sql: Pool,
  which: { id: string } | { queue: string },
  after: Position,
): Promise<{ moved: number; last: Position | null }> {
  return await sql.begin(async (tx) => {
    const chosen = await tx<{ id: string; newId: string; at: string; queue: string }[]>`
      select j.id, gen_random_uuid() as "newId", j.created_on::text as at, j.source_name as queue
      from pgboss.job j join pgboss.queue q on q.name = j.source_name
      where j.name = 'dead-letters' and j.state < 'active'
        and (j.created_on, j.id) > (${after.at}::text::timestamptz, ${after.id}::uuid)
        and ${"id" in which ? tx`j.id = ${which.id}` : tx`j.source_name = ${which.queue}`}
      order by j.created_on, j.id limit ${mostAtOnce}
      for update of j skip locked`;
    if (chosen.length === 0) return { moved: 0, last: null };
    const pairs = JSON.stringify(chosen.map(({ id, newId }) => ({ id, newId })));
    const put = await tx`
      with pairs as (
        select * from json_to_recordset(${pairs}::text::json) as p (id uuid, "newId" uuid)
      )
      insert into pgboss.job (id, name, data, priority, retry_limit, retry_backoff, retry_delay, retry_delay_max,
        expire_seconds, start_after, created_on, keep_until, deletion_seconds, policy, singleton_key, group_id,
        group_tier, heartbeat_seconds, dead_letter, source_root_id)
      select p."newId", q.name, m.data, m.priority, q.retry_limit, q.retry_backoff, q.retry_delay, q.retry_delay_max,
        q.expire_seconds, pgboss.job_now(), pgboss.job_now(), pgboss.job_now() + q.retention_seconds * interval '1s',
        q.deletion_seconds, q.policy, m.singleton_key, m.group_id, m.group_tier, q.heartbeat_seconds, q.dead_letter,
        coalesce(m.source_root_id, m.source_id)
      from pairs p join pgboss.job m on m.name = 'dead-letters' and m.id = p.id
        join pgboss.queue q on q.name = m.source_name
      order by m.created_on
      on conflict do nothing
      returning id`;
    const made = new Set(put.map(({ id }) => id));
    const gone = chosen.filter(({ newId }) => made.has(newId));
    await tx`
      delete from pgboss.job where name = 'dead-letters' and id = any (${gone.map(({ id }) => id)}::uuid[])`;
    for (const queue of new Set(gone.map((one) => one.queue))) {
      await tx`select pg_notify(${wakeChannel}, ${queue})`;
    }
    const last = chosen.length === mostAtOnce ? chosen.at(-1) : undefined;
    return { moved: gone.length, last: last ? { at: last.at, id: last.id } : null };
  });
}

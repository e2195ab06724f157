import type { Db } from "../database.ts";

/**
 * Lets dead letters go for good: one, or all of a queue. Answers how many went; how many of which queue, why and when
 * stays as an event.
 */
export async function dropDeadLetters(
  db: Db,
  which: { id: string } | { queue: string },
  { reason, at }: { reason: string; at: Date },
): Promise<number> {
  const [row] = await db<{ dropped: number }[]>`
    with gone as (
      delete from pgboss.job where name = 'dead-letters' and state < 'active'
        and ${"id" in which ? db`id = ${which.id}` : db`source_name = ${which.queue}`}
      returning source_name
    ), noted as (
      insert into events (event_type, data, created_at)
      select 'dead_letters_dropped',
        json_build_object('queue', source_name, 'dropped', count(*), 'reason', ${reason}::text), ${at}::timestamptz
      from gone group by source_name
    )
    select count(*)::int as dropped from gone`;
  return row?.dropped ?? 0;
}

/** How many that would be. */
export async function countDroppable(db: Db, which: { id: string } | { queue: string }): Promise<number> {
  const [row] = await db<{ jobs: number }[]>`
    select count(*)::int as jobs from pgboss.job where name = 'dead-letters' and state < 'active'
      and ${"id" in which ? db`id = ${which.id}` : db`source_name = ${which.queue}`}`;
  return row?.jobs ?? 0;
}

import type { Pool } from "../database.ts";
import { type Span, spanOf } from "./days.ts";

interface Handed {
  total: number;
  inTime: number;
}

const hourMs = 60 * 60 * 1000;

/**
 * Counts how many of a London day's texts and emails that came through the API were handed to a provider within ten
 * seconds; what never was, was not. An hour at a time, in place of what was counted before.
 */
export async function replaceProcessingTime(sql: Pool, day: string, signal: AbortSignal): Promise<Handed> {
  const sum: Handed = { total: 0, inTime: 0 };
  const { from, to } = spanOf(day);
  for (let at = from.getTime(); at < to.getTime(); at += hourMs) {
    signal.throwIfAborted();
    const hour = await countHour(sql, { from: new Date(at), to: new Date(at + hourMs) });
    sum.total += hour.total;
    sum.inTime += hour.inTime;
  }
  await sql`
    insert into ft_processing_time (bst_date, messages_total, messages_within_10_secs)
    values (${day}, ${sum.total}, ${sum.inTime})
    on conflict (bst_date) do update set messages_total = excluded.messages_total,
      messages_within_10_secs = excluded.messages_within_10_secs, updated_at = now()`;
  return sum;
}

async function countHour(sql: Pool, { from, to }: Span): Promise<Handed> {
  const rows = (table: string) => sql`
    select created_at, sent_at from ${sql(table)}
    where created_at >= ${from} and created_at < ${to} and api_key_id is not null and key_type <> 'test'
      and notification_type <> 'letter'`;
  const [row] = await sql<Handed[]>`
    select count(*)::integer as total,
      (count(*) filter (where sent_at - created_at <= interval '10 seconds'))::integer as "inTime"
    from (${rows("notifications")} union all ${rows("notification_history")}) as m`;
  return row ?? { total: 0, inTime: 0 };
}

/** Of the six London days until `last` those that were not counted since they ended, and `last` itself. */
export async function listUntimedDays(sql: Pool, last: string): Promise<string[]> {
  const rows = await sql<{ day: string }[]>`
    select d::date::text as day
    from generate_series(${last}::date - 5, ${last}::date, interval '1 day') as d
      left join ft_processing_time t on t.bst_date = d::date
    where t.bst_date is null or d::date = ${last}::date
    order by d`;
  return rows.map(({ day }) => day);
}

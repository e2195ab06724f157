import type { Db } from "../database.ts";
import type { Minutes, Slowness } from "./slowness.ts";

/**
 * Counts the texts created in the last quarter of an hour that providers took and did not fail. Reads all
 * notifications of that time.
 */
export async function countSlowness(db: Db): Promise<Slowness[]> {
  const rows = await db<{ name: string; total: number; slow1: number; slow5: number; slow10: number }[]>`
    with recent as (
      select sent_by, extract(epoch from case status when 'delivered' then updated_at else now() end - sent_at) as seconds
      from notifications
      where created_at > now() - interval '15 minutes' and notification_type = 'sms' and key_type <> 'test'
        and sent_at is not null and status in ('delivered', 'pending', 'sending')
    ), counted as (
      select sent_by, count(*)::int as total, count(*) filter (where seconds >= 60)::int as slow1,
        count(*) filter (where seconds >= 300)::int as slow5, count(*) filter (where seconds >= 600)::int as slow10
      from recent group by sent_by
    )
    select p.identifier as name, coalesce(total, 0) as total, coalesce(slow1, 0) as slow1,
      coalesce(slow5, 0) as slow5, coalesce(slow10, 0) as slow10
    from provider_details p left join counted c on c.sent_by = p.identifier
    where p.notification_type = 'sms' order by p.identifier`;
  return rows.flatMap(({ name, total, slow1, slow5, slow10 }) => [
    { name, minutes: 1, slow: slow1, total },
    { name, minutes: 5, slow: slow5, total },
    { name, minutes: 10, slow: slow10, total },
  ]);
}

/** Keeps the figures in place of the last ones, for every worker to read. */
export async function storeSlowness(db: Db, figures: readonly Slowness[]): Promise<void> {
  await db`
    insert into provider_delivery as d (identifier, minutes, slow, total, counted_at)
    select f.name, f.minutes, f.slow, f.total, now()
    from json_to_recordset(${JSON.stringify(figures)}::text::json)
      as f (name text, minutes integer, slow integer, total integer)
    order by f.name, f.minutes
    on conflict (identifier, minutes) do update
      set slow = excluded.slow, total = excluded.total, counted_at = excluded.counted_at
      where d.counted_at <= excluded.counted_at`;
}

/** The last figures; empty where they are older than that. */
export async function readSlowness(db: Db, youngerThanSeconds: number): Promise<Slowness[]> {
  return await db<Slowness[]>`
    select identifier as name, minutes, slow, total from provider_delivery
    where counted_at > now() - ${youngerThanSeconds} * interval '1s' order by identifier, minutes`;
}

/**
 * Counts one more minute in which too many texts were slow, or begins anew after one in which they were not. Answers
 * with how many there were in a row; null where this minute, or a later one, was counted already.
 */
export async function countSlowMinute(
  db: Db,
  { dueAt, isTooMany }: { dueAt: string; isTooMany: boolean },
): Promise<number | null> {
  const [row] = await db<{ minutes: number }[]>`
    insert into slow_delivery as s (minutes, due_at) values (${isTooMany ? 1 : 0}, ${dueAt})
    on conflict (id) do update
      set minutes = case when ${isTooMany} then s.minutes + 1 else 0 end, due_at = excluded.due_at
      where s.due_at < excluded.due_at
    returning minutes`;
  return row?.minutes ?? null;
}

/** What a provider carries now and how slow it was, for those who watch. */
export interface ProviderFigures {
  name: string;
  channel: string;
  priority: number;
  active: boolean;
  updatedAt: Date | null;
  /** Of its texts, by minutes; empty for email, and while nobody counts. */
  slowShares: { minutes: Minutes; share: number }[];
}

/** All providers; shares that were not counted for three minutes are left out. */
export async function listProviderFigures(db: Db): Promise<ProviderFigures[]> {
  return await db<ProviderFigures[]>`
    select p.identifier as name, p.notification_type as channel, p.priority, p.active, p.updated_at as "updatedAt",
      coalesce((select json_agg(json_build_object('minutes', d.minutes, 'share',
          case d.total when 0 then 0 else d.slow::float8 / d.total end) order by d.minutes)
        from provider_delivery d
        where d.identifier = p.identifier and d.counted_at > now() - interval '3 minutes'), '[]') as "slowShares"
    from provider_details p order by p.identifier`;
}

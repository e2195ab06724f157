import type { Range } from "../billing/reports.ts";
import type { Db } from "../database.ts";

/** All that was ever sent, by the facts. */
export async function countAll(db: Db): Promise<Omit<DailyCount, "day">> {
  const [row] = await db<Omit<DailyCount, "day">[]>`select ${sums(db)} from ft_notification_status`;
  return row ?? { texts: 0, emails: 0, letters: 0 };
}

export interface DailyCount {
  day: string;
  texts: number;
  emails: number;
  letters: number;
}

/** By day, as far as days were counted: pages that everybody may open must not read the notifications themselves. */
export async function countDays(db: Db, { first, last }: Range): Promise<DailyCount[]> {
  return await db<DailyCount[]>`
    select bst_date::text as day, ${sums(db)}
    from ft_notification_status where bst_date between ${first} and ${last}
    group by bst_date order by bst_date`;
}

function sums(db: Db) {
  return db`
    coalesce(sum(notification_count) filter (where notification_type = 'sms'), 0)::float8 as texts,
    coalesce(sum(notification_count) filter (where notification_type = 'email'), 0)::float8 as emails,
    coalesce(sum(notification_count) filter (where notification_type = 'letter'), 0)::float8 as letters`;
}

/** How much of each day was handed on within ten seconds; a day without messages was fast. */
export async function listProcessingTimes(
  db: Db,
  { first, last }: Range,
): Promise<{ day: string; percentage: number }[]> {
  return await db<{ day: string; percentage: number }[]>`
    select bst_date::text as day,
      coalesce(messages_within_10_secs * 100.0 / nullif(messages_total, 0), 100)::float8 as percentage
    from ft_processing_time where bst_date between ${first} and ${last} order by bst_date`;
}

/** Those that send for real, by name. */
export async function listLiveServices(db: Db): Promise<{ id: string; name: string }[]> {
  return await db<{ id: string; name: string }[]>`
    select id, name from services where active and not restricted and count_as_live order by name, id`;
}

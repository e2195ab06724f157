import type { RateBook } from "../billing/rate-book.ts";
import type { Db, Pool } from "../database.ts";
import type { Channel } from "../notification/notification.ts";
import { replaceBilling } from "./billing.ts";
import type { FactKind } from "./days.ts";
import { listServicesOf, type ServiceDay } from "./service-day.ts";
import { replaceStatuses } from "./status.ts";

export interface DayCount {
  kind: FactKind;
  day: string;
  types: readonly Channel[];
  rates: RateBook;
  signal: AbortSignal;
}

/** Counts a day's facts of all services anew, each by itself; answers how many services. Notes when it began. */
export async function countDay(
  sql: Pool,
  { kind, day, types, rates, signal }: DayCount,
  at: Date,
): Promise<number> {
  const services = await listServicesOf(sql, kind, { day, types });
  for (const serviceId of services) {
    signal.throwIfAborted();
    await replaceFacts(sql, kind, { serviceId, day, types }, rates);
  }
  await markDayCounted(sql, { kind, day, types }, at);
  return services.length;
}

/** The same of one service. */
export async function replaceFacts(
  sql: Pool,
  kind: FactKind,
  serviceDay: ServiceDay,
  rates: RateBook,
): Promise<void> {
  if (kind === "billing") await replaceBilling(sql, serviceDay, rates);
  else await replaceStatuses(sql, serviceDay);
}

async function markDayCounted(
  db: Db,
  { kind, day, types }: Pick<DayCount, "kind" | "day" | "types">,
  at: Date,
): Promise<void> {
  await db`
    insert into fact_days (kind, bst_date, notification_type, counted_at)
    select ${kind}, ${day}, type, ${at} from unnest(${[...types]}::text[]) as type
    on conflict (kind, bst_date, notification_type)
      do update set counted_at = greatest(fact_days.counted_at, excluded.counted_at)`;
}

/**
 * The London days that a nightly run counts, oldest first: those of the last `days` until `last`, and those of the last
 * sixty that were not counted since what was sent on them is final, as when no worker ran for a week. What was sent
 * before anything was counted here stays uncounted.
 */
export async function listDaysToCount(
  db: Db,
  { kind, type, last, days }: { kind: FactKind; type: Channel; last: string; days: number },
  since: Date,
): Promise<string[]> {
  const rows = await db<{ day: string }[]>`
    select d::date::text as day
    from generate_series(${last}::date - 59, ${last}::date, interval '1 day') as d
      left join fact_days f on f.kind = ${kind} and f.notification_type = ${type} and f.bst_date = d::date
    where case
      when d::date > ${last}::date - ${days}::integer then coalesce(f.counted_at < ${since}, true)
      else coalesce(f.counted_at < (d::date + ${days}::integer)::timestamp at time zone 'Europe/London', true)
        and d::date > (select min(bst_date) from fact_days where kind = ${kind} and notification_type = ${type})
      end
    order by d`;
  return rows.map(({ day }) => day);
}

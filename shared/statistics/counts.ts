import type { Db } from "../database.ts";
import type { Channel } from "../notification/notification.ts";
import { addDays } from "../time/calendar.ts";
import { londonMidnight } from "../time/london.ts";

/** Messages of some London days, both ends in, that became the same. */
export interface CountQuery {
  /** Null: of all services. */
  serviceId: string | null;
  first: string;
  last: string;
  /** London's today: it has no facts yet. */
  today: string;
}

const mostLiveDays = 7;

/**
 * The first London day that the status facts have not counted, and so is counted from the notifications themselves:
 * today, or between midnight and the night's run yesterday; never more than a week back.
 */
export async function findLiveDay(db: Db, today: string): Promise<string> {
  const [row] = await db<{ last: string | null }[]>`
    select min(last)::text as last from (
      select max(bst_date) as last from fact_days where kind = 'status' group by notification_type) as counted`;
  const earliest = addDays(today, -mostLiveDays);
  const next = row?.last ? addDays(row.last, 1) : earliest;
  if (next > today) return today;
  if (next < earliest) return earliest;
  return next;
}

/**
 * A statement's rows: bst_date, service_id, template_id, notification_type, key_type, status, count. Those of test keys
 * are among them on live days alone: facts know none.
 */
export function countedMessages(db: Db, { serviceId, first, last }: CountQuery, liveDay: string) {
  const ofService = serviceId === null ? db`` : db`and service_id = ${serviceId}`;
  const firstLive = first > liveDay ? first : liveDay;
  return db`
    select bst_date, service_id, template_id, notification_type, key_type, notification_status as status,
      notification_count as count
    from ft_notification_status
    where bst_date between ${first} and ${last} and bst_date < ${liveDay} ${ofService}
    union all
    select (created_at at time zone 'Europe/London')::date, service_id, template_id, notification_type, key_type, status,
      count(*)
    from notifications
    where created_at >= ${londonMidnight(firstLive)} and created_at < ${londonMidnight(addDays(last, 1))} ${ofService}
    group by 1, 2, 3, 4, 5, 6`;
}

export interface StatusCount {
  type: Channel;
  status: string;
  isTest: boolean;
  count: number;
}

/** By type, status and whether a test key sent them. */
export async function countStatuses(db: Db, query: CountQuery): Promise<StatusCount[]> {
  const liveDay = await findLiveDay(db, query.today);
  return await db<StatusCount[]>`
    select notification_type as type, status, key_type = 'test' as "isTest", sum(count)::float8 as count
    from (${countedMessages(db, query, liveDay)}) as m
    group by 1, 2, 3 order by 1, 2, 3`;
}

export interface MonthlyStatusCount extends Omit<StatusCount, "isTest"> {
  /** `2026-04`. */
  month: string;
}

/** By London month, without test keys. */
export async function countMonthlyStatuses(db: Db, query: CountQuery): Promise<MonthlyStatusCount[]> {
  const liveDay = await findLiveDay(db, query.today);
  return await db<MonthlyStatusCount[]>`
    select to_char(bst_date, 'YYYY-MM') as month, notification_type as type, status, sum(count)::float8 as count
    from (${countedMessages(db, query, liveDay)}) as m
    where key_type <> 'test'
    group by 1, 2, 3 order by 1, 2, 3`;
}

import type { Db } from "../database.ts";
import { addDays } from "../time/calendar.ts";
import { londonDate, londonMidnight } from "../time/london.ts";
import type { Batch } from "./batch.ts";

export interface StatusCount {
  status: string;
  count: number;
}

/**
 * What became of batches' messages, by batch: their rows are counted while they are surely there, later what the nights
 * have counted of them (`spec/admin-api.md` 4.6). What has not begun has nothing.
 */
export async function countStatuses(
  db: Db,
  serviceId: string,
  batches: readonly Pick<Batch, "id" | "processingStartedAt">[],
  now: Date,
): Promise<Map<string, StatusCount[]>> {
  const since = londonMidnight(addDays(londonDate(now), -3));
  const begun = batches.filter(({ processingStartedAt }) => processingStartedAt !== null);
  const isOld = ({ processingStartedAt: at }: (typeof begun)[number]) => at !== null && at < since;
  const live = begun.filter((batch) => !isOld(batch)).map(({ id }) => id);
  const old = begun.filter(isOld).map(({ id }) => id);
  const counted = new Map<string, StatusCount[]>();
  if (begun.length === 0) return counted;
  const rows = await db<(StatusCount & { id: string })[]>`
    select job_id as id, status, count(*)::float8 as count from notifications
    where service_id = ${serviceId} and job_id = any (${live}::uuid[])
    group by job_id, status
    union all
    select job_id, notification_status, sum(notification_count)::float8 from ft_notification_status
    where service_id = ${serviceId} and job_id = any (${old}::uuid[])
    group by job_id, notification_status
    order by 1, 2`;
  for (const { id, status, count } of rows) counted.set(id, [...(counted.get(id) ?? []), { status, count }]);
  return counted;
}

/** How many of a batch's messages there are. */
export async function countNotifications(db: Db, serviceId: string, id: string): Promise<number> {
  const [row] = await db<{ count: number }[]>`
    select count(*)::integer as count from notifications where service_id = ${serviceId} and job_id = ${id}`;
  return row?.count ?? 0;
}

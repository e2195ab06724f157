import type { Pool } from "../../shared/database.ts";
import { describeNew } from "../../shared/notification/search-blocks.ts";
import { allServices, countMinutes } from "../../shared/overview/count-traffic.ts";
import { bucketCount } from "../../shared/overview/time-buckets.ts";

/** What the worker would have counted and described of the month, in a few statements. */
export async function storeFigures(sql: Pool): Promise<void> {
  for (const { stepSeconds, hours } of [
    { stepSeconds: 60, hours: 8 },
    { stepSeconds: 300, hours: 48 },
    { stepSeconds: 900, hours: 8 * 24 },
    { stepSeconds: 3600, hours: 32 * 24 },
    { stepSeconds: 14_400, hours: 32 * 24 },
  ]) {
    await sql`
      insert into traffic (step_seconds, service_id, at, channel, is_test, accepted, sent, delivered, failed, times)
      select ${stepSeconds}, coalesce(service_id, ${allServices}::uuid), at, channel, is_test, n, n, n, 0,
        array(select (random() * n)::integer from generate_series(1, ${bucketCount}::integer))
      from (
        select service_id, date_bin(${stepSeconds} * interval '1s', created_at, 'epoch') as at,
          notification_type as channel, key_type = 'test' as is_test, count(*)::integer as n
        from notifications where created_at > now() - ${hours} * interval '1 hour'
        group by grouping sets ((2, 3, 4, 1), (2, 3, 4))
      ) counted`;
  }
  await sql`update traffic_progress set counted_until = date_trunc('minute', now()) - interval '2 minutes'`;
  await countMinutes(sql, new Date());
  await sql`analyze traffic`;
  const { signal } = new AbortController();
  while ((await describeNew(sql, { now: new Date(), steps: 500, signal })) > 0);
  await sql`vacuum analyze search_blocks`;
}

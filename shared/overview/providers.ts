import type { Db } from "../database.ts";
import type { Channel } from "../notification/notification.ts";

/** Minutes over which shares are taken. */
const minutes = 15;

/** What a provider carries, and how it does. */
export interface ProviderState {
  name: string;
  displayName: string;
  channel: Channel;
  /** Its weight among those of its channel. */
  priority: number;
  active: boolean;
  updatedAt: Date | null;
  /** Messages of the last quarter of an hour as far as it is counted, without test keys'. */
  sent: number;
  failed: number;
  /** Of what its channel's providers took then, from 0 to 1; null where they took nothing. */
  share: number | null;
  /** Of its texts of about that time, those that took five minutes or more; null where nobody counts or none were sent. */
  slowShare: number | null;
  /** Calls of all workers that failed in the last minute. */
  failedCalls: number;
}

/** All of them, by channel and name. Reads what the worker counts each minute. */
export async function readProviderShare(db: Db, at: Date): Promise<ProviderState[]> {
  return await db<ProviderState[]>`
    with carried as (
      select t.provider, sum(t.sent)::integer as sent, sum(t.failed)::integer as failed
      from traffic_providers t, traffic_progress p
      where t.at >= least(p.counted_until, ${at}) - ${minutes} * interval '1 minute' and t.at < ${at}
      group by t.provider
    ), calls as (
      select identifier, sum(failures)::integer as failures from provider_failures
      where second > ${at}::timestamptz - interval '1 minute' group by identifier
    )
    select p.identifier as name, p.display_name as "displayName", p.notification_type as channel, p.priority, p.active,
      p.updated_at as "updatedAt", coalesce(c.sent, 0) as sent, coalesce(c.failed, 0) as failed,
      coalesce(c.sent, 0)::float8 / nullif(sum(c.sent) over (partition by p.notification_type), 0)::float8 as share,
      d.slow::float8 / nullif(d.total, 0)::float8 as "slowShare", coalesce(f.failures, 0) as "failedCalls"
    from provider_details p
      left join carried c on c.provider = p.identifier
      left join calls f on f.identifier = p.identifier
      left join provider_delivery d on d.identifier = p.identifier and d.minutes = 5
        and d.counted_at > ${at}::timestamptz - interval '3 minutes'
    order by p.notification_type desc, p.identifier`;
}

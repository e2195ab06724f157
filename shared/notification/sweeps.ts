import type { Db } from "../database.ts";
import { type Changeable, changeable } from "./change.ts";

/** Emails and texts that a provider took so long ago that no receipt will come; oldest first. */
export async function listUnresolved(
  db: Db,
  { olderThanSeconds, limit }: { olderThanSeconds: number; limit: number },
): Promise<Changeable[]> {
  return await db<Changeable[]>`
    select ${changeable(db)} from notifications n
    where n.created_at < now() - ${olderThanSeconds} * interval '1s' and n.status in ('sending', 'pending')
      and n.notification_type in ('sms', 'email')
    limit ${limit}`;
}

/** Queues the delivery of emails and texts that are `created` and have no job; answers how many there were. */
export async function replayStuck(
  db: Db,
  { olderThanHours, youngerThanDays }: { olderThanHours: number; youngerThanDays: number },
): Promise<number> {
  const [row] = await db<{ replayed: number }[]>`
    with working as materialized (
      select (data->>'notificationId')::uuid as id from pgboss.job
      where name in ('deliver-sms', 'deliver-email', 'deliver-research', 'delivery-exhausted') and state <= 'active'
    ), stuck as materialized (
      select n.id, n.service_id, n.notification_type, n.key_type from notifications n
      where n.created_at between now() - ${youngerThanDays} * interval '1 day'
          and now() - ${olderThanHours} * interval '1 hour'
        and n.status = 'created' and n.notification_type in ('sms', 'email')
        and not exists (select from working w where w.id = n.id)
    ), queued as (
      select enqueue_jobs(coalesce(json_agg(json_build_object(
        'name', case when key_type = 'test' then 'deliver-research'
          when notification_type = 'sms' then 'deliver-sms' else 'deliver-email' end,
        'data', json_build_object('notificationId', id), 'group_id', service_id)), '[]'))
      from stuck
    )
    select (select count(*)::int from stuck) as replayed from queued`;
  return row?.replayed ?? 0;
}

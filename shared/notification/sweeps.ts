import type { Db, Pool } from "../database.ts";
import { changeable } from "./change.ts";
import type { Changeable } from "./changeable.ts";

/** Emails and texts that a provider took so long ago that no receipt will come. */
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

/** Of whoever may queue deliveries again: what is looked for must still be missing when its job is stored. */
const replayLock = 7_261_400;

/** Nobody else replays until the transaction ends. */
export async function lockReplays(tx: Db): Promise<void> {
  await tx`select pg_advisory_xact_lock(${replayLock})`;
}

/** Notifications created in it: `from` is part of it, `to` is not. */
export interface Slice {
  from: Date;
  to: Date;
}

/** What was made in the last so many days but for the last so many hours, in slices, oldest first. */
export function slicesOf(
  now: Date,
  {
    olderThanHours,
    youngerThanDays,
    sliceHours,
  }: Record<"olderThanHours" | "youngerThanDays" | "sliceHours", number>,
): Slice[] {
  const hourMs = 3_600_000;
  const end = now.getTime() - olderThanHours * hourMs;
  const slices: Slice[] = [];
  for (let at = now.getTime() - youngerThanDays * 24 * hourMs; at < end; at += sliceHours * hourMs) {
    slices.push({ from: new Date(at), to: new Date(Math.min(at + sliceHours * hourMs, end)) });
  }
  return slices;
}

/**
 * Queues the delivery of up to `limit` emails and texts of a slice that are `created` and have no job; answers how
 * many there were. A job of theirs that waits, waits for another attempt or runs is left to bring them on.
 */
export async function replayStuck(sql: Pool, { from, to }: Slice, limit: number): Promise<number> {
  return await sql.begin(async (tx) => {
    await lockReplays(tx);
    // What is stuck and what works may both be many, whatever the statistics say: each is read once.
    await tx`set local enable_nestloop = off`;
    const [row] = await tx<{ replayed: number }[]>`
      with working as materialized (
        select (data->>'notificationId') as id from pgboss.job
        where name in ('deliver-sms', 'deliver-email', 'deliver-research', 'delivery-exhausted') and state <= 'active'
      ), stuck as materialized (
        select n.id, n.service_id, n.notification_type, n.key_type from notifications n
        where n.created_at >= ${from} and n.created_at < ${to}
          and n.status = 'created' and n.notification_type in ('sms', 'email')
          and not exists (select from working w where w.id = n.id::text)
        limit ${limit}
      ), queued as (
        select enqueue_jobs(coalesce(json_agg(json_build_object(
          'name', case when key_type = 'test' then 'deliver-research'
            when notification_type = 'sms' then 'deliver-sms' else 'deliver-email' end,
          'data', json_build_object('notificationId', id), 'group_id', service_id)), '[]'))
        from stuck
      )
      select (select count(*)::int from stuck) as replayed from queued`;
    return row?.replayed ?? 0;
  });
}

/**
 * Queues the rendering of up to `limit` templated letters of a slice that are `created` and have neither a PDF nor a
 * job; answers how many there were. As `replayStuck` does for emails and texts.
 */
export async function replayStuckLetters(sql: Pool, { from, to }: Slice, limit: number): Promise<number> {
  return await sql.begin(async (tx) => {
    await lockReplays(tx);
    await tx`set local enable_nestloop = off`;
    const [row] = await tx<{ replayed: number }[]>`
      with working as materialized (
        select (data->>'notificationId') as id from pgboss.job
        where name in ('create-letter-pdf', 'delivery-exhausted') and state <= 'active'
      ), stuck as materialized (
        select n.id, n.service_id from letters l join notifications n on n.id = l.notification_id
        where l.settled_at is null and l.created_at >= ${from} and l.created_at < ${to}
          and not l.precompiled and l.made_at is null
          and n.created_at >= ${from} and n.created_at < ${to}
          and n.status = 'created' and n.billable_units = 0
          and not exists (select from working w where w.id = n.id::text)
        limit ${limit}
      ), queued as (
        select enqueue_jobs(coalesce(json_agg(json_build_object('name', 'create-letter-pdf',
          'data', json_build_object('notificationId', id), 'group_id', service_id)), '[]'))
        from stuck
      )
      select (select count(*)::int from stuck) as replayed from queued`;
    return row?.replayed ?? 0;
  });
}

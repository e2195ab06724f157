import type { Db } from "../database.ts";
import type { Alarmed } from "./alarms.ts";

/** A message to a network that stands still, and why, for people. */
export interface Standing extends Alarmed {
  reason: string;
}

/** After so long it is more than what is just being sent. */
const patienceSeconds = 60;
/** As many as people can look at. */
const most = 200;

/** Ends the alerts whose end has come. Answers how many. Phones know it, so networks are not told. */
export async function endOver(db: Db, at: Date): Promise<number> {
  const { count } = await db`
    update broadcast_messages set status = 'completed', version = version + 1, updated_at = ${at}
    where id in (
      select id from broadcast_messages where status = 'broadcasting' and finishes_at <= ${at}
      order by id for update skip locked)`;
  return count;
}

/** Messages that wait since their network has not acknowledged what comes before them, and nobody was told of it yet. */
export async function listBlocked(db: Db, at: Date): Promise<Standing[]> {
  return await db<Standing[]>`
    select b.id as "broadcastId", b.service_id as "serviceId", e.id as "eventId", m.provider,
      format('It waits for event %s (type %s), which is in status "%s" after %s attempts%s', o.id, o.message_type,
        coalesce(p.status, 'unknown'), coalesce(p.attempts, 0), ': ' || p.last_error) as reason
    ${openMessages(db)}
      cross join lateral (
        select o.id, o.message_type from broadcast_events o
          left join broadcast_provider_messages q on q.broadcast_event_id = o.id and q.provider = m.provider
        where o.broadcast_message_id = b.id and o.position < e.position and q.status is distinct from 'returned-ack'
        order by o.position limit 1
      ) as o
      left join broadcast_provider_messages p on p.broadcast_event_id = o.id and p.provider = m.provider
    where ${isOverdue(db, at)} and m.queued_at is null and e.transmitted_finishes_at > ${at}
      and not exists (
        select from alerts a
        where a.subject = 'broadcast-blocked:' || e.id || ':' || m.provider and a.resolved_at is null)
    order by m.created_at limit ${most}`;
}

/**
 * Has messages queued that could be sent and have no job, which only a mishap leads to: one that somebody deleted. What a
 * person must see to is left to them. To be called in a transaction that queues the jobs.
 */
export async function takeLost(db: Db, at: Date): Promise<Standing[]> {
  return await db<Standing[]>`
    with lost as (
      select m.id, b.id as broadcast_id, b.service_id, e.id as event_id
      ${openMessages(db)}
      where ${isOverdue(db, at)} and e.transmitted_finishes_at > ${at}
        and coalesce(m.queued_at, m.created_at) < ${at}::timestamptz - ${patienceSeconds} * interval '1s'
        -- One that was refused has its reason and nothing to come.
        and not (m.queued_at is not null and m.last_error is not null and m.next_attempt_at is null
          and m.claimed_until is null)
        and not exists (
          select from broadcast_events o
            left join broadcast_provider_messages q on q.broadcast_event_id = o.id and q.provider = m.provider
          where o.broadcast_message_id = b.id and o.position < e.position
            and q.status is distinct from 'returned-ack')
        and ${hasNoJob(db)}
      order by m.created_at limit ${most} for update of m skip locked
    )
    update broadcast_provider_messages m set queued_at = ${at}, updated_at = ${at}
    from lost where lost.id = m.id
    returning lost.broadcast_id as "broadcastId", lost.service_id as "serviceId", lost.event_id as "eventId",
      m.provider, 'There was no job to send it' as reason`;
}

/** Gives up messages whose alert is over and that nothing would give up by itself: those that never had their turn. */
export async function giveUpExpired(db: Db, at: Date): Promise<Standing[]> {
  return await db<Standing[]>`
    with expired as (
      select m.id, b.id as broadcast_id, b.service_id, e.id as event_id,
        format('The alert ended at %s before its turn had come%s',
          to_char(e.transmitted_finishes_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
          ': ' || m.last_error) as reason
      ${openMessages(db)}
      where m.status = 'sending' and e.transmitted_finishes_at <= ${at} and ${hasNoJob(db)}
      order by m.created_at limit ${most} for update of m skip locked
    )
    update broadcast_provider_messages m
    set status = 'technical-failure', last_error = expired.reason, claimed_until = null, next_attempt_at = null,
      updated_at = ${at}
    from expired where expired.id = m.id
    returning expired.broadcast_id as "broadcastId", expired.service_id as "serviceId",
      expired.event_id as "eventId", m.provider, expired.reason`;
}

function openMessages(db: Db) {
  return db`
    from broadcast_provider_messages m
      join broadcast_events e on e.id = m.broadcast_event_id
      join broadcast_messages b on b.id = e.broadcast_message_id`;
}

function isOverdue(db: Db, at: Date) {
  return db`m.status = 'sending' and m.created_at < ${at}::timestamptz - ${patienceSeconds} * interval '1s'`;
}

/** Nobody sends it, nor will by themselves. */
function hasNoJob(db: Db) {
  return db`
    (m.claimed_until is null or m.claimed_until < now()) and not exists (
      select from pgboss.job j
      where j.name = 'send-broadcast-message' and j.policy = 'exclusive' and j.state <= 'active'
        and coalesce(j.singleton_key, '') = e.id || ':' || m.provider)`;
}

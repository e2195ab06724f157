import type { Db, Pool } from "../database.ts";
import type { BroadcastChannel, Network, Polygon } from "./broadcast.ts";
import { queueNextEvent } from "./fan-out.ts";

/** Words of the source's; nothing writes `returned-error` but a network that refuses a document for good. */
export type ProviderMessageStatus = "sending" | "returned-ack" | "returned-error" | "technical-failure";

/** An event with all that decides whether one network may be told of it (`spec/broadcasts.md` 4.2). */
export interface Sending {
  eventId: string;
  broadcastId: string;
  serviceId: string;
  position: number;
  type: "alert" | "update" | "cancel";
  sentAt: Date;
  finishesAt: Date;
  content: string;
  polygons: readonly Polygon[];
  /** Null where its broadcast was never meant to go out. */
  channel: BroadcastChannel | null;
  stubbed: boolean;
  service: { active: boolean; restricted: boolean };
  /** What is stored for this network; null where nothing is. */
  message: {
    id: string;
    status: ProviderMessageStatus;
    number: number | null;
    attempts: number;
  } | null;
  /** The events of the same alert before it, the oldest first. */
  earlier: readonly {
    eventId: string;
    type: string;
    sentAt: Date;
    /** Null where this network was never to be told of it. */
    message: { id: string; status: ProviderMessageStatus; number: number | null; createdAt: Date } | null;
  }[];
}

/** Null where there is no such event. */
export async function findSending(db: Db, eventId: string, provider: Network): Promise<Sending | null> {
  const [row] = await db<(Omit<Sending, "earlier"> & { earlier: Stored[] })[]>`
    select e.id as "eventId", b.id as "broadcastId", b.service_id as "serviceId", e.position, e.message_type as type,
      e.sent_at as "sentAt", e.transmitted_finishes_at as "finishesAt", e.transmitted_content->>'body' as content,
      coalesce(e.transmitted_areas->'simple_polygons', '[]') as polygons, b.channel, b.stubbed,
      json_build_object('active', s.active, 'restricted', s.restricted) as service,
      case when m.id is not null then json_build_object('id', m.id, 'status', m.status, 'number', m.message_number,
        'attempts', m.attempts) end as message,
      coalesce((
        select json_agg(json_build_object('eventId', o.id, 'type', o.message_type, 'sentAt', o.sent_at,
          'message', case when p.id is not null then json_build_object('id', p.id, 'status', p.status,
            'number', p.message_number, 'createdAt', p.created_at) end)
          order by o.position)
        from broadcast_events o
          left join broadcast_provider_messages p on p.broadcast_event_id = o.id and p.provider = ${provider}
        where o.broadcast_message_id = b.id and o.position < e.position
      ), '[]') as earlier
    from broadcast_events e
      join broadcast_messages b on b.id = e.broadcast_message_id
      join services s on s.id = b.service_id
      left join broadcast_provider_messages m on m.broadcast_event_id = e.id and m.provider = ${provider}
    where e.id = ${eventId}`;
  return row ? { ...row, earlier: row.earlier.map(dated) } : null;
}

/** As JSON gives it, times being texts. */
interface Stored {
  eventId: string;
  type: string;
  sentAt: string;
  message: { id: string; status: ProviderMessageStatus; number: number | null; createdAt: string } | null;
}

function dated({ sentAt, message, ...event }: Stored): Sending["earlier"][number] {
  return {
    ...event,
    sentAt: new Date(sentAt),
    message: message && { ...message, createdAt: new Date(message.createdAt) },
  };
}

/** The message of an event to a network, made where there is none: fan-out made it for those that were to be told. */
export async function provideProviderMessage(
  db: Db,
  { eventId, provider, at }: { eventId: string; provider: Network; at: Date },
): Promise<{ id: string; number: number | null }> {
  const [row] = await db<{ id: string; number: string | null }[]>`
    insert into broadcast_provider_messages as m (broadcast_event_id, provider, message_number, queued_at, created_at)
    values (${eventId}, ${provider},
      ${provider === "vodafone" ? db`nextval('broadcast_message_numbers')` : null}, ${at}, ${at})
    on conflict (broadcast_event_id, provider) do update set updated_at = m.updated_at
    returning id, message_number as number`;
  if (!row) throw new Error(`Cannot store a message of broadcast event ${eventId} for ${provider}`);
  return { id: row.id, number: row.number === null ? null : Number(row.number) };
}

/** Who sends a message just now, and for how long nobody else may. */
export interface Claim {
  claim: string;
  /** Longer than one site may take to answer. */
  seconds: number;
}

/**
 * Takes a message for one attempt: of two jobs of one event and network, one gets it. Answers which attempt it is, 1 for
 * the first, or null where another has it, or it is not to be sent any more.
 */
export async function claimProviderMessage(
  db: Db,
  id: string,
  { claim, seconds }: Claim,
): Promise<number | null> {
  const [row] = await db<{ attempts: number }[]>`
    update broadcast_provider_messages
    set claim = ${claim}, claimed_until = now() + ${seconds} * interval '1s', attempts = attempts + 1,
      next_attempt_at = null
    where id = ${id} and status = 'sending' and (claimed_until is null or claimed_until < now())
    returning attempts`;
  return row?.attempts ?? null;
}

/** Holds on to a message for as long again. False where another took it meanwhile, or it has ended. */
export async function renewClaim(db: Db, id: string, { claim, seconds }: Claim): Promise<boolean> {
  const { count } = await db`
    update broadcast_provider_messages set claimed_until = now() + ${seconds} * interval '1s'
    where id = ${id} and claim = ${claim} and status = 'sending'`;
  return count > 0;
}

/** Lets go of a message whose attempt was cut short, so that the next need not wait. */
export async function releaseClaim(db: Db, id: string, claim: string): Promise<void> {
  await db`
    update broadcast_provider_messages set claimed_until = null
    where id = ${id} and claim = ${claim} and status = 'sending'`;
}

/** Notes an attempt that failed, and when the next is. Nothing where another has the message meanwhile. */
export async function noteFailure(
  db: Db,
  id: string,
  { claim, error, nextAt, at }: { claim: string; error: string; nextAt: Date; at: Date },
): Promise<void> {
  await db`
    update broadcast_provider_messages
    set claimed_until = null, last_error = ${error}, next_attempt_at = ${nextAt}, updated_at = ${at}
    where id = ${id} and claim = ${claim} and status = 'sending'`;
}

/** Notes why a message is not sent though it could be later, once a person has seen to it. */
export async function noteRefusal(
  db: Db,
  id: string,
  { error, at }: { error: string; at: Date },
): Promise<void> {
  await db`
    update broadcast_provider_messages
    set claimed_until = null, last_error = ${error}, next_attempt_at = null, updated_at = ${at}
    where id = ${id} and status = 'sending'`;
}

/** Forgets a message that is never meant to leave from here: nothing is to send it one day, nor to miss it. */
export async function dropUntried(
  db: Db,
  { eventId, provider }: { eventId: string; provider: Network },
): Promise<void> {
  await db`
    delete from broadcast_provider_messages
    where broadcast_event_id = ${eventId} and provider = ${provider} and status = 'sending' and attempts = 0
      and not exists (select from broadcast_replays r where r.provider_message_id = broadcast_provider_messages.id)`;
}

/** Ends a message that will not be sent. False where it had ended already. */
export async function failProviderMessage(
  db: Db,
  id: string,
  { to, error, at }: { to: "returned-error" | "technical-failure"; error: string; at: Date },
): Promise<boolean> {
  const { count } = await db`
    update broadcast_provider_messages
    set status = ${to}, last_error = ${error}, claimed_until = null, next_attempt_at = null, updated_at = ${at}
    where id = ${id} and status = 'sending'`;
  return count > 0;
}

/**
 * Has a message wait until its network has acknowledged the events before it; whoever acknowledges the last of them
 * queues it (`queueNextEvent`). Holds the alert's row, so that this cannot happen unseen. False where nothing is in its
 * way any more.
 */
export async function waitForEarlier(
  db: Db,
  { broadcastId, position, message }: Pick<Sending, "broadcastId" | "position"> & { message: { id: string } },
  { provider, at }: { provider: Network; at: Date },
): Promise<boolean> {
  await db`select from broadcast_messages where id = ${broadcastId} for update`;
  const { count } = await db`
    update broadcast_provider_messages
    set queued_at = null, claimed_until = null, next_attempt_at = null, updated_at = ${at}
    where id = ${message.id} and status = 'sending' and exists (
      select from broadcast_events e
        left join broadcast_provider_messages p on p.broadcast_event_id = e.id and p.provider = ${provider}
      where e.broadcast_message_id = ${broadcastId} and e.position < ${position}
        and p.status is distinct from 'returned-ack')`;
  return count > 0;
}

/**
 * Stores that a network has a message, and queues what waited for that, in one transaction that holds the alert's row:
 * a cancel that is stored at the same moment waits for it, or is waited for. True whoever had claimed the message: what a
 * network says it has, it has. False where that was known.
 */
export async function acknowledge(
  sql: Pool,
  { broadcastId, position, message }: Pick<Sending, "broadcastId" | "position"> & { message: { id: string } },
  { provider, by, at }: { provider: Network; by: string; at: Date },
): Promise<boolean> {
  return await sql.begin(async (tx) => {
    await tx`select from broadcast_messages where id = ${broadcastId} for update`;
    const { count } = await tx`
      update broadcast_provider_messages
      set status = 'returned-ack', acknowledged_at = ${at}, acknowledged_by = ${by}, last_error = null,
        claimed_until = null, next_attempt_at = null, updated_at = ${at}
      where id = ${message.id} and status <> 'returned-ack'`;
    if (count === 0) return false;
    await queueNextEvent(tx, { broadcastId, position, provider }, at);
    return true;
  });
}

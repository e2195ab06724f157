import type { BroadcastChannel, BroadcastStatus, Network } from "../broadcast/broadcast.ts";
import type { ProviderMessageStatus } from "../broadcast/sending.ts";
import type { Db } from "../database.ts";

/** An emergency alert in a list. */
export interface AlertLine {
  id: string;
  serviceId: string;
  serviceName: string;
  reference: string | null;
  /** Its first words. */
  beginning: string;
  areaNames: string[];
  status: BroadcastStatus;
  stubbed: boolean;
  channel: BroadcastChannel | null;
  finishesAt: Date | null;
  createdAt: Date;
  /** Messages to networks, and how many of them were acknowledged. */
  told: number;
  acknowledged: number;
}

export interface AlertQuery {
  /** Null: everybody's. */
  serviceId: string | null;
  status: BroadcastStatus | null;
  /** The last of the page before; null from the newest. */
  after: { createdAt: Date; id: string } | null;
  limit: number;
}

/** The newest first. */
export async function listAlertLines(
  db: Db,
  { serviceId, status, after, limit }: AlertQuery,
): Promise<AlertLine[]> {
  return await db<AlertLine[]>`
    select b.id, b.service_id as "serviceId", s.name as "serviceName", b.reference,
      left(b.content, 100) as beginning, coalesce(b.areas->'names', '[]') as "areaNames", b.status, b.stubbed,
      b.channel, b.finishes_at as "finishesAt", b.created_at as "createdAt",
      coalesce(n.told, 0) as told, coalesce(n.acknowledged, 0) as acknowledged
    from broadcast_messages b join services s on s.id = b.service_id
      left join lateral (
        select count(*)::int as told, count(*) filter (where m.status = 'returned-ack')::int as acknowledged
        from broadcast_events e join broadcast_provider_messages m on m.broadcast_event_id = e.id
        where e.broadcast_message_id = b.id
      ) n on true
    where true
      ${serviceId === null ? db`` : db`and b.service_id = ${serviceId}`}
      ${status === null ? db`` : db`and b.status = ${status}`}
      ${after === null ? db`` : db`and (b.created_at, b.id) < (${after.createdAt}, ${after.id})`}
    order by b.created_at desc, b.id desc limit ${limit}`;
}

/** What a network has not acknowledged. */
export interface OpenMessage {
  broadcastId: string;
  serviceId: string;
  serviceName: string;
  eventId: string;
  type: "alert" | "update" | "cancel";
  provider: Network;
  status: ProviderMessageStatus;
  attempts: number;
  nextRetryAt: Date | null;
  lastError: string | null;
  /** The event that this network must acknowledge first; null where there is none. */
  blockedBy: string | null;
  finishesAt: Date;
  createdAt: Date;
}

/** Of alerts that end later than `since`; the longest waiting first. */
export async function listOpenMessages(
  db: Db,
  { since, limit }: { since: Date; limit: number },
): Promise<OpenMessage[]> {
  return await db<OpenMessage[]>`
    select b.id as "broadcastId", b.service_id as "serviceId", s.name as "serviceName", e.id as "eventId",
      e.message_type as type, m.provider, m.status, m.attempts, m.next_attempt_at as "nextRetryAt",
      m.last_error as "lastError", (
        select o.id from broadcast_events o
          left join broadcast_provider_messages p on p.broadcast_event_id = o.id and p.provider = m.provider
        where o.broadcast_message_id = e.broadcast_message_id and o.position < e.position
          and p.status is distinct from 'returned-ack'
        order by o.position limit 1
      ) as "blockedBy", e.transmitted_finishes_at as "finishesAt", m.created_at as "createdAt"
    from broadcast_provider_messages m
      join broadcast_events e on e.id = m.broadcast_event_id
      join broadcast_messages b on b.id = e.broadcast_message_id
      join services s on s.id = b.service_id
    where m.status <> 'returned-ack' and e.transmitted_finishes_at > ${since}
    order by m.created_at, e.position, m.provider limit ${limit}`;
}

/** One way to a network: its last link test, and how it did on the day before that. */
export interface LinkState {
  provider: Network;
  /** `ee-1-proxy` */
  function: string;
  testedAt: Date;
  succeeded: boolean;
  error: string | null;
  durationMs: number;
  tested: number;
  failed: number;
}

/** Of every way that was tested since. */
export async function listLinkStates(db: Db, since: Date): Promise<LinkState[]> {
  return await db<LinkState[]>`
    select distinct on (function) provider, function, tested_at as "testedAt", succeeded, error,
      duration_ms as "durationMs", (count(*) over ways)::int as tested,
      (count(*) filter (where not succeeded) over ways)::int as failed
    from broadcast_link_tests where tested_at > ${since}
    window ways as (partition by function)
    order by function, tested_at desc`;
}

/** The names of people, by their ids. */
export async function findNames(
  db: Db,
  userIds: readonly (string | null)[],
): Promise<ReadonlyMap<string, string>> {
  const ids = userIds.filter((id) => id !== null);
  const rows = await db<{ id: string; name: string }[]>`
    select id, name from users where id = any (${ids}::uuid[])`;
  return new Map(rows.map(({ id, name }) => [id, name]));
}

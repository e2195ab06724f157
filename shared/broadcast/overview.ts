import type { Db } from "../database.ts";
import type { BroadcastChannel, BroadcastStatus, Network } from "./broadcast.ts";
import type { ProviderMessageStatus } from "./sending.ts";

/** An alert as operators see it in a list. */
export interface BroadcastLine {
  id: string;
  serviceId: string;
  status: BroadcastStatus;
  channel: BroadcastChannel | null;
  startsAt: Date | null;
  finishesAt: Date | null;
  /** Messages to networks that have not been acknowledged; 0 where nothing is to be sent. */
  unacknowledged: number;
  createdAt: Date;
}

/** The newest first. */
export async function listBroadcastLines(
  db: Db,
  { status, most }: { status: BroadcastStatus | null; most: number },
): Promise<BroadcastLine[]> {
  return await db<BroadcastLine[]>`
    select b.id, b.service_id as "serviceId", b.status, b.channel, b.starts_at as "startsAt",
      b.finishes_at as "finishesAt", (
        select count(*)::int from broadcast_events e
          join broadcast_provider_messages m on m.broadcast_event_id = e.id
        where e.broadcast_message_id = b.id and m.status <> 'returned-ack'
      ) as unacknowledged, b.created_at as "createdAt"
    from broadcast_messages b
    ${status === null ? db`` : db`where b.status = ${status}`}
    order by b.created_at desc, b.id limit ${most}`;
}

/** How far one event has got to one network. */
export interface NetworkState {
  eventId: string;
  type: "alert" | "update" | "cancel";
  provider: Network;
  status: ProviderMessageStatus;
  attempts: number;
  /** Null where none is planned, or it is under way. */
  nextRetryAt: Date | null;
  acknowledgedAt: Date | null;
  /** `ee-1-proxy` */
  acknowledgedBy: string | null;
  /** The event that this network must acknowledge first; null where there is none. */
  blockedBy: string | null;
  lastError: string | null;
  /** How often operators had it sent again. */
  replays: number;
}

export interface BroadcastDetails {
  id: string;
  serviceId: string;
  status: BroadcastStatus;
  reference: string | null;
  channel: BroadcastChannel | null;
  stubbed: boolean;
  version: number;
  startsAt: Date | null;
  finishesAt: Date | null;
  createdAt: Date;
  approvedAt: Date | null;
  cancelledAt: Date | null;
}

/** Null where there is no such alert. */
export async function findBroadcastDetails(db: Db, id: string): Promise<BroadcastDetails | null> {
  const [row] = await db<BroadcastDetails[]>`
    select id, service_id as "serviceId", status, reference, channel, stubbed, version, starts_at as "startsAt",
      finishes_at as "finishesAt", created_at as "createdAt", approved_at as "approvedAt",
      cancelled_at as "cancelledAt"
    from broadcast_messages where id = ${id}`;
  return row ?? null;
}

/** Every event of an alert to every network it is for, in their order. */
export async function listNetworkStates(db: Db, broadcastId: string): Promise<NetworkState[]> {
  return await db<NetworkState[]>`
    select e.id as "eventId", e.message_type as type, m.provider, m.status, m.attempts,
      m.next_attempt_at as "nextRetryAt", m.acknowledged_at as "acknowledgedAt",
      m.acknowledged_by as "acknowledgedBy", (
        select o.id from broadcast_events o
          left join broadcast_provider_messages p on p.broadcast_event_id = o.id and p.provider = m.provider
        where o.broadcast_message_id = e.broadcast_message_id and o.position < e.position
          and p.status is distinct from 'returned-ack'
        order by o.position limit 1
      ) as "blockedBy", m.last_error as "lastError",
      (select count(*)::int from broadcast_replays r where r.provider_message_id = m.id) as replays
    from broadcast_events e join broadcast_provider_messages m on m.broadcast_event_id = e.id
    where e.broadcast_message_id = ${broadcastId}
    order by e.position, m.provider`;
}

import { type Network, networks } from "../../../shared/broadcast/broadcast.ts";
import { cancelAsOperator, changeStatus } from "../../../shared/broadcast/change-status.ts";
import type { Pool } from "../../../shared/database.ts";
import type { Log } from "../../../shared/log.ts";
import type { Payload } from "../../../shared/queue/jobs.ts";
import type { WorkerDeps } from "../../../worker/deps.ts";
import { sendBroadcastMessage } from "../../../worker/tasks/broadcasts/send-broadcast-message.ts";
import { addBroadcastService, type BroadcastPlace, storeBroadcast } from "../../support/broadcasts.ts";
import { openWorld, type World, type WorldOptions } from "../../support/world.ts";

type Facts = Parameters<typeof storeBroadcast>[2];

/** A message to a network as it is stored. */
export interface StoredMessage {
  id: string;
  status: string;
  number: number | null;
  attempts: number;
  queuedAt: Date | null;
  lastError: string | null;
  nextAttemptAt: Date | null;
  acknowledgedBy: string | null;
  isClaimed: boolean;
}

export interface StoredAlert {
  subject: string;
  severity: string;
  facts: Record<string, unknown>;
  resolvedAt: Date | null;
}

/** A world with a service that sends emergency alerts, by the sandbox's networks. */
export interface OnAir extends AsyncDisposable {
  world: World;
  place: BroadcastPlace;
  /** Approves a new alert. */
  approve(facts?: Facts): Promise<{ id: string; eventId: string }>;
  /** Calls one off; answers the cancel's event. */
  cancel(id: string): Promise<string>;
  /** Works one job, at another time or with other parts if need be. */
  send(job: Payload<"send-broadcast-message">, over?: Partial<WorkerDeps>): Promise<void>;
  messageOf(eventId: string, provider: Network): Promise<StoredMessage>;
  alerts(eventId: string): Promise<StoredAlert[]>;
  /** Networks of the jobs that wait for an event. */
  jobs(eventId: string): Promise<string[]>;
}

export const signal = new AbortController().signal;

interface Changing {
  sql: Pool;
  place: BroadcastPlace;
  log: Log;
}

/** Stores an alert and approves it. */
export async function approveBroadcast(
  { sql, place, log }: Changing,
  facts?: Facts,
): Promise<{ id: string; eventId: string }> {
  const id = await storeBroadcast(sql, place, facts);
  const { serviceId, approver: userId } = place;
  const request = { serviceId, id, userId, to: "broadcasting", versionRead: null, at: new Date() } as const;
  const changed = await changeStatus(sql, request, { log, enabled: networks, pagesApprovals: false });
  if (changed.outcome !== "changed") throw new Error(`Cannot approve: ${JSON.stringify(changed)}`);
  return { id, eventId: await lastEvent(sql, id) };
}

/** The newest of an alert. */
export async function lastEvent(sql: Pool, broadcastId: string): Promise<string> {
  const [event] = await sql<{ id: string }[]>`
    select id from broadcast_events where broadcast_message_id = ${broadcastId} order by position desc limit 1`;
  if (!event) throw new Error(`Cannot find an event of ${broadcastId}`);
  return event.id;
}

export async function openOnAir(options: WorldOptions = {}): Promise<OnAir> {
  const world = await openWorld({
    worker: false,
    ...options,
    env: { CBC_PROXY_ENABLED: "true", CBC_PROXY_TIMEOUT_MS: "500", ...options.env },
  });
  const { sql, log } = world;
  const place = await addBroadcastService(sql, world.cipher);

  return {
    world,
    place,
    approve: (facts) => approveBroadcast({ sql, place, log }, facts),
    async cancel(id) {
      const request = { serviceId: place.serviceId, id, at: new Date() };
      const changed = await cancelAsOperator(sql, request, { log, enabled: networks, pagesApprovals: false });
      if (changed.outcome !== "changed") throw new Error(`Cannot cancel: ${JSON.stringify(changed)}`);
      return await lastEvent(sql, id);
    },
    send: (job, over) => sendBroadcastMessage(job, world.newDeps(over), signal),
    async messageOf(eventId, provider) {
      const [message] = await sql<StoredMessage[]>`
        select id, status, message_number::int as number, attempts, queued_at as "queuedAt", last_error as "lastError",
          next_attempt_at as "nextAttemptAt", acknowledged_by as "acknowledgedBy",
          claimed_until is not null and claimed_until > now() as "isClaimed"
        from broadcast_provider_messages where broadcast_event_id = ${eventId} and provider = ${provider}`;
      if (!message) throw new Error(`Cannot find a message of ${eventId} to ${provider}`);
      return message;
    },
    alerts: (eventId) => sql<StoredAlert[]>`
      select subject, severity, facts, resolved_at as "resolvedAt" from alerts
      where subject like ${`%${eventId}%`} order by opened_at, subject`,
    async jobs(eventId) {
      const rows = await sql<{ provider: string }[]>`
        select data->>'provider' as provider from pgboss.job
        where name = 'send-broadcast-message' and state <= 'active' and data->>'eventId' = ${eventId} order by 1`;
      return rows.map(({ provider }) => provider);
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

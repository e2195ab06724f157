import type { Db, Pool } from "../database.ts";
import { enqueue, wakeChannel } from "../queue/enqueue.ts";
import type { Network } from "./broadcast.ts";
import { sendingJob } from "./fan-out.ts";
import { findSending, type Sending } from "./sending.ts";
import { sendingSteps } from "./sending-steps.ts";

/** What a replay would find: a message that was given up is one that may be sent again. */
export function asReplayed(sending: Sending): Sending {
  const { message } = sending;
  if (!message || message.status === "returned-ack") return sending;
  return { ...sending, message: { ...message, status: "sending" } };
}

export interface Replay {
  providerMessageId: string;
  eventId: string;
  provider: Network;
  reason: string;
  requestedBy: string;
  at: Date;
}

/**
 * Has one event sent to one network again, now, and notes who asked for it and why. A job that waits for its next
 * attempt becomes due; where there is none, one is queued. False where the network has acknowledged it. To be called in
 * a transaction.
 */
async function replayProviderMessage(
  db: Db,
  { providerMessageId, eventId, provider, reason, requestedBy, at }: Replay,
): Promise<boolean> {
  const { count } = await db`
    update broadcast_provider_messages
    set status = 'sending', attempts = 0, last_error = null, next_attempt_at = null, queued_at = ${at},
      updated_at = ${at}
    where id = ${providerMessageId} and status <> 'returned-ack'`;
  if (count === 0) return false;
  await db`
    insert into broadcast_replays (provider_message_id, reason, requested_by, created_at)
    values (${providerMessageId}, ${reason}, ${requestedBy}, ${at})`;
  const job = sendingJob(eventId, provider);
  await db`
    update pgboss.job set start_after = pgboss.job_now()
    where name = ${job.name} and policy = 'exclusive' and coalesce(singleton_key, '') = ${job.singletonKey ?? ""}
      and state < 'active'`;
  await db`select pg_notify(${wakeChannel}, ${job.name})`;
  await enqueue(db, [job]);
  return true;
}

export type Replayed = { outcome: "queued" } | { outcome: "unknown" | "refused"; message: string };

/** The same for people, where nothing forbids it; what does is told. `unknown`: no such event is for this network. */
export async function replayEvent(sql: Pool, replay: Omit<Replay, "providerMessageId">): Promise<Replayed> {
  const { eventId, provider, at } = replay;
  const sending = await findSending(sql, eventId, provider);
  const unknown = (why: string) =>
    ({ outcome: "unknown", message: `Cannot replay ${eventId}: ${why}` }) as const;
  if (!sending) return unknown("there is no such event");
  if (!sending.message) return unknown(`it is not for ${provider}`);
  const fault = sendingSteps(asReplayed(sending), provider, at).find((step) => step.fault !== null)?.fault;
  if (fault) return { outcome: "refused", message: fault };
  const request = { ...replay, providerMessageId: sending.message.id };
  if (await sql.begin((tx) => replayProviderMessage(tx, request))) return { outcome: "queued" };
  return { outcome: "refused", message: `Cannot replay ${eventId}: ${provider} has just acknowledged it` };
}

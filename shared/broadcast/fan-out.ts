import type { Db } from "../database.ts";
import { enqueue, type NewJob } from "../queue/enqueue.ts";
import type { Broadcast, Network } from "./broadcast.ts";

const sender = "notifications.service.gov.uk";

/**
 * Tells the networks of an alert, whose row the transaction holds: stores the event, a message for each network, and the
 * jobs of those that may send at once. A network that has not acknowledged the event before gets its job when it has
 * (`queueNextEvent`). Answers the event's id.
 */
export async function fanOut(
  db: Db,
  { id, serviceId, content, areas, startsAt, finishesAt, providers }: Broadcast,
  type: "alert" | "cancel",
  at: Date,
): Promise<string> {
  const eventId = crypto.randomUUID();
  await db`
    insert into broadcast_events (id, service_id, broadcast_message_id, position, message_type, sent_at,
      transmitted_content, transmitted_areas, transmitted_sender, transmitted_starts_at, transmitted_finishes_at)
    select ${eventId}, ${serviceId}, ${id}, coalesce(max(position), 0) + 1, ${type},
      -- Later than the one before, whatever the clocks of two machines say.
      greatest(${at}, max(sent_at) + interval '1 second'), ${JSON.stringify({ body: content })}::text::jsonb,
      ${JSON.stringify(areas)}::text::jsonb, ${sender}, ${startsAt}, ${finishesAt}
    from broadcast_events where broadcast_message_id = ${id}`;
  const queued = await db<{ provider: Network }[]>`
    with stored as (
      insert into broadcast_provider_messages (broadcast_event_id, provider, message_number, queued_at, created_at)
      select ${eventId}, network, case when network = 'vodafone' then nextval('broadcast_message_numbers') end,
        case when not exists (
          select from broadcast_events e
            left join broadcast_provider_messages m on m.broadcast_event_id = e.id and m.provider = network
          where e.broadcast_message_id = ${id} and e.id <> ${eventId} and m.status is distinct from 'returned-ack'
        ) then ${at}::timestamptz end, ${at}
      from unnest(${providers ?? []}::text[]) as network
      returning provider, queued_at
    )
    select provider from stored where queued_at is not null`;
  await enqueue(
    db,
    queued.map(({ provider }) => sendingJob(eventId, provider)),
  );
  return eventId;
}

/**
 * Queues the event that waited for this one to be acknowledged by a network, if there is one. To be called in the
 * transaction that writes the acknowledgement, which holds the alert's row: otherwise a cancel that is stored at the
 * same moment would wait for ever.
 */
export async function queueNextEvent(
  db: Db,
  { broadcastId, position, provider }: { broadcastId: string; position: number; provider: Network },
  at: Date,
): Promise<void> {
  const next = await db<{ eventId: string }[]>`
    update broadcast_provider_messages m set queued_at = ${at}, updated_at = ${at}
    from broadcast_events e
    where e.broadcast_message_id = ${broadcastId} and e.position = ${position + 1}
      and m.broadcast_event_id = e.id and m.provider = ${provider} and m.queued_at is null
    returning e.id as "eventId"`;
  await enqueue(
    db,
    next.map(({ eventId }) => sendingJob(eventId, provider)),
  );
}

/** Has one event sent to one network: by one job at a time, and networks share the queue as services do others. */
export function sendingJob(eventId: string, provider: Network): NewJob<"send-broadcast-message"> {
  return {
    name: "send-broadcast-message",
    data: { eventId, provider },
    groupId: provider,
    singletonKey: `${eventId}:${provider}`,
  };
}

import type { Network } from "../../shared/broadcast/broadcast.ts";
import type { Sending } from "../../shared/broadcast/sending.ts";
import type { NetworkMessage } from "./cbc-payload.ts";

/**
 * An event as one network is to hear of it. Throws where `sendingSteps` would have found a fault: those that may not be
 * sent have no such form.
 */
export function messageFor(
  sending: Omit<Sending, "message"> & { message: { id: string; number: number | null } },
  network: Network,
): NetworkMessage {
  const { eventId, message, type, channel, sentAt, finishesAt, content, polygons, earlier } = sending;
  if (type === "update" || channel === null)
    throw new Error(`Cannot tell ${network} of broadcast event ${eventId}: it is not to be sent`);
  return {
    id: message.id,
    network,
    number: message.number,
    type,
    sentAt,
    expiresAt: finishesAt,
    description: content,
    polygons,
    channel,
    earlier: earlier.map((event) => {
      if (!event.message)
        throw new Error(`Cannot refer to event ${event.eventId}: ${network} was not told of it`);
      const { id, number, createdAt } = event.message;
      return { id, number, sentAt: event.sentAt, createdAt };
    }),
  };
}

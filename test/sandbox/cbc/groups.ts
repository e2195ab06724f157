import * as v from "valibot";
import { CbcPayload } from "../../../shared/broadcast/cbc-payload.ts";
import type { Message } from "../message.ts";

/**
 * Messages, newest first, with what networks were told of one event side by side, where the newest of it stood. Each
 * network knows an event by an identifier of its own, so that it is told by what is said, and a cancel by what it ends.
 */
export function groupByEvent(messages: readonly Message[]): Message[][] {
  const alerts = new Map(
    messages
      .filter(({ channel, reference }) => channel === "broadcast" && reference !== null)
      .map((message) => [message.reference, message]),
  );
  const groups = new Map<string, Message[]>();
  for (const message of messages) {
    const key = message.channel === "broadcast" ? eventOf(message, alerts) : `${message.id}`;
    groups.set(key, [...(groups.get(key) ?? []), message]);
  }
  return [...groups.values()];
}

/** Null where it is none. */
export function payloadOf({ attachments }: Message): CbcPayload | null {
  const text = textOf(attachments?.[1]?.contentBase64) || "null";
  const payload = v.safeParse(v.pipe(v.string(), v.parseJson(), CbcPayload), text);
  return payload.success ? payload.output : null;
}

/** What an attachment says. */
export function textOf(base64: string | null | undefined): string {
  return Buffer.from(base64 ?? "", "base64").toString();
}

function eventOf(message: Message, listed: ReadonlyMap<string | null, Message>): string {
  const payload = payloadOf(message);
  switch (payload?.message_type) {
    case "alert": {
      const { sent, expires, channel, description, areas } = payload;
      return JSON.stringify([sent, expires, channel, description, areas]);
    }
    case "cancel": {
      const ended = payload.references.map((reference) => listed.get(reference.message_id));
      // Nothing tells whether another network's is the same.
      if (!ended.every((alert) => alert !== undefined && payloadOf(alert)?.message_type === "alert"))
        return `${message.id}`;
      return JSON.stringify([payload.sent, ...ended.map((alert) => alert && eventOf(alert, listed))]);
    }
    default:
      return `${message.id}`;
  }
}

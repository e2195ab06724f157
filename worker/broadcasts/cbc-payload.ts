import type { BroadcastChannel, Network, Polygon } from "../../shared/broadcast/broadcast.ts";
import {
  type CapPayload,
  type CbcPayload,
  cbcTime,
  type IbagPayload,
} from "../../shared/broadcast/cbc-payload.ts";
import { smsEncoding } from "../../shared/template/gsm.ts";

/** One event as one network is to hear of it. */
export interface NetworkMessage {
  /** The provider message's. */
  id: string;
  network: Network;
  /** Vodafone's alone. */
  number: number | null;
  type: "alert" | "cancel";
  /** The event's. */
  sentAt: Date;
  expiresAt: Date;
  description: string;
  polygons: readonly Polygon[];
  channel: BroadcastChannel;
  /** What the network was told of the same alert before, the oldest first. */
  earlier: readonly EarlierMessage[];
}

export interface EarlierMessage {
  id: string;
  number: number | null;
  /** Its event's, which stands in its document. */
  sentAt: Date;
  /** Its own row's, which Notify put in references. */
  createdAt: Date;
}

type ReferenceTimes = "document" | "source";

/** What a network's proxy is told (`spec/broadcasts.md` 5.2). Throws for an update, which nobody can make yet. */
export function payloadOf(message: NetworkMessage, times: ReferenceTimes): CbcPayload {
  return message.network === "vodafone" ? ibagPayload(message, times) : capPayload(message, times);
}

/** A test of the way to a network, which no phone shows. */
export function linkTestPayload(network: Network, identifier: string, number: number | null): CbcPayload {
  const test = { message_type: "test", identifier } as const;
  return network === "vodafone"
    ? { ...test, message_format: "ibag", message_number: hexOf(number) }
    : { ...test, message_format: "cap" };
}

function capPayload(message: NetworkMessage, times: ReferenceTimes): CapPayload {
  const { id: identifier, sentAt, type, earlier } = message;
  const head = { identifier, message_format: "cap", sent: cbcTime(sentAt) } as const;
  if (type === "cancel") {
    return { message_type: "cancel", ...head, references: earlier.map((one) => referenceOf(one, times)) };
  }
  const language = isWelsh(message) ? "cy-GB" : "en-GB";
  return { message_type: "alert", ...head, ...contentOf(message), language };
}

function ibagPayload(message: NetworkMessage, times: ReferenceTimes): IbagPayload {
  const { id: identifier, number, sentAt, type, earlier } = message;
  const message_number = hexOf(number);
  const head = { identifier, message_format: "ibag", message_number, sent: cbcTime(sentAt) } as const;
  if (type === "cancel") {
    const references = earlier.map((one) => ({
      ...referenceOf(one, times),
      message_number: hexOf(one.number),
    }));
    return { message_type: "cancel", ...head, references };
  }
  const language = isWelsh(message) ? "Welsh" : "English";
  return { message_type: "alert", ...head, ...contentOf(message), language };
}

function contentOf({ description, polygons, expiresAt, channel }: NetworkMessage) {
  return {
    headline: "GOV.UK Notify Broadcast",
    description,
    areas: polygons.map((polygon) => ({
      polygon: polygon.map(([latitude, longitude]): [number, number] => [latitude, longitude]),
    })),
    expires: cbcTime(expiresAt),
    channel,
  } as const;
}

function referenceOf({ id, sentAt, createdAt }: EarlierMessage, times: ReferenceTimes) {
  const sourceTime = () => createdAt.toISOString().replace("Z", "000Z");
  return { message_id: id, sent: times === "source" ? sourceTime() : cbcTime(sentAt) };
}

/** By a letter that GSM's alphabet does not have. */
function isWelsh({ description }: NetworkMessage): boolean {
  return smsEncoding(description) === "unicode";
}

/** Eight hexadecimal digits. */
function hexOf(number: number | null): string {
  if (number === null) throw new Error("Cannot tell Vodafone of a message that has no number");
  return number.toString(16).padStart(8, "0");
}

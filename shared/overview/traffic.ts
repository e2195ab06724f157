import type { Db } from "../database.ts";
import type { Channel } from "../notification/notification.ts";
import { allServices } from "./count-traffic.ts";
import { type Range, stepsOf } from "./range.ts";

export const channels = ["sms", "email", "letter"] as const satisfies readonly Channel[];

/** What happened to messages over a range, for a chart. */
export interface Traffic {
  stepSeconds: number;
  /** When each step begins, in seconds since 1970, oldest first. */
  times: number[];
  /** Texts, emails, letters. */
  channels: ChannelTraffic[];
  /** Up to when the worker has counted; null where it never did. */
  countedUntil: Date | null;
}

/** Messages in each step to which it happened then. */
export interface ChannelTraffic {
  channel: Channel;
  accepted: number[];
  /** Handed to a provider. */
  sent: number[];
  delivered: number[];
  failed: number[];
}

export interface TrafficQuery {
  /** Null: of all services. */
  serviceId: string | null;
  range: Range;
  /** Those of normal and team keys, people and spreadsheets; or those of test keys. */
  keys: "live" | "test";
  at: Date;
}

interface Counts extends Record<"accepted" | "sent" | "delivered" | "failed", number> {
  channel: Channel;
  time: number;
}

/** What was counted until the last whole minute. Reads what is kept for it, no notification. */
export async function readTraffic(db: Db, { serviceId, range, keys, at }: TrafficQuery): Promise<Traffic> {
  const { times, stepSeconds, from, to } = stepsOf(range, at);
  const rows = await db<Counts[]>`
    select channel, extract(epoch from at)::float8 as time, accepted, sent, delivered, failed
    from traffic
    where step_seconds = ${stepSeconds} and service_id = ${serviceId ?? allServices} and at >= ${from} and at < ${to}
      and is_test = ${keys === "test"}`;
  const byChannel = new Map(channels.map((channel) => [channel, emptyTraffic(channel, times.length)]));
  for (const { channel, time, accepted, sent, delivered, failed } of rows) {
    const counts = byChannel.get(channel);
    if (!counts) continue;
    const n = (time - (times[0] ?? time)) / stepSeconds;
    counts.accepted[n] = accepted;
    counts.sent[n] = sent;
    counts.delivered[n] = delivered;
    counts.failed[n] = failed;
  }
  return { stepSeconds, times, channels: [...byChannel.values()], countedUntil: await readCountedUntil(db) };
}

function emptyTraffic(channel: Channel, steps: number): ChannelTraffic {
  const zeros = () => Array.from({ length: steps }, () => 0);
  return { channel, accepted: zeros(), sent: zeros(), delivered: zeros(), failed: zeros() };
}

async function readCountedUntil(db: Db): Promise<Date | null> {
  const [row] = await db<{ at: Date | null }[]>`select counted_until as at from traffic_progress`;
  return row?.at ?? null;
}

import type { Db } from "../database.ts";
import type { Channel } from "../notification/notification.ts";
import { allServices } from "./count-traffic.ts";
import { coarseStepsOf, type Range } from "./range.ts";
import { addCounts, quantile } from "./time-buckets.ts";
import { channels } from "./traffic.ts";

/** How long messages took from accept to their provider, of those that were handed over in a step. Without test keys'. */
export interface DeliveryTimes {
  stepSeconds: number;
  /** When each step begins, in seconds since 1970, oldest first. */
  times: number[];
  /** Texts, emails, letters. */
  channels: ChannelTimes[];
}

/** In seconds, give or take a quarter; null in steps in which nothing was sent. */
export interface ChannelTimes {
  channel: Channel;
  p50: (number | null)[];
  p95: (number | null)[];
  p99: (number | null)[];
  /** Of the whole range; null where nothing was sent. */
  overall: { p50: number; p95: number; p99: number } | null;
}

export interface TimesQuery {
  /** Null: of all services. */
  serviceId: string | null;
  range: Range;
  at: Date;
}

/** What was counted until the last whole minute. */
export async function readDeliveryTimes(
  db: Db,
  { serviceId, range, at }: TimesQuery,
): Promise<DeliveryTimes> {
  const { times, stepSeconds, from, to } = coarseStepsOf(range, at);
  const rows = await db<{ channel: Channel; time: number; counts: string }[]>`
    select channel, extract(epoch from at)::float8 as time, array_to_string(times, ',') as counts
    from traffic
    where step_seconds = ${stepSeconds} and service_id = ${serviceId ?? allServices} and at >= ${from} and at < ${to}
      and not is_test and times is not null`;
  const first = times[0] ?? 0;
  const kept = new Map(channels.map((channel) => [channel, times.map((): number[] => [])]));
  for (const { channel, time, counts } of rows) {
    const steps = kept.get(channel);
    if (steps) steps[(time - first) / stepSeconds] = counts.split(",").map(Number);
  }
  return {
    stepSeconds,
    times,
    channels: [...kept].map(([channel, steps]) => timesOf(channel, steps)),
  };
}

function timesOf(channel: Channel, steps: readonly number[][]): ChannelTimes {
  const all: number[] = [];
  for (const counts of steps) addCounts(all, counts);
  const [p50, p95, p99] = [quantile(all, 0.5), quantile(all, 0.95), quantile(all, 0.99)];
  return {
    channel,
    p50: steps.map((counts) => quantile(counts, 0.5)),
    p95: steps.map((counts) => quantile(counts, 0.95)),
    p99: steps.map((counts) => quantile(counts, 0.99)),
    overall: p50 === null || p95 === null || p99 === null ? null : { p50, p95, p99 },
  };
}

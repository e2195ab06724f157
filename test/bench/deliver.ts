import * as v from "valibot";
import type { Bench } from "./bench.ts";
import { type BenchService, openGround } from "./ground.ts";
import { load, paced, percentile } from "./http-load.ts";
import { type System, startSystem, until } from "./system.ts";

/** How soon a text that was asked for reaches its provider, and how many a second go the whole way. */
export const deliver: Bench = {
  describe: "request to provider at 100/s and 500/s; messages a second with receipts and callbacks",
  async run({ seconds, say }) {
    await using ground = await openGround();
    const system = await startSystem(ground, { services: 10, callbacks: true });
    say("warming up");
    await latencies(system, 100, 2);

    say("100 requests a second");
    const calm = await latencies(system, 100, seconds);
    say("500 requests a second");
    const busy = await latencies(system, 500, seconds);
    say("as many as go the whole way");
    const endToEnd = await sustained(system, seconds);
    return {
      p50_ms_at_100_per_s: percentile(calm.fromRequest, 0.5),
      p99_ms_at_100_per_s: percentile(calm.fromRequest, 0.99),
      p50_ms_at_500_per_s: percentile(busy.fromRequest, 0.5),
      p99_ms_at_500_per_s: percentile(busy.fromRequest, 0.99),
      p50_ms_from_201_at_100_per_s: percentile(calm.fromAnswer, 0.5),
      p99_ms_from_201_at_500_per_s: percentile(busy.fromAnswer, 0.99),
      end_to_end_per_s: endToEnd,
    };
  },
};

function textOf({ smsTemplate }: BenchService): string {
  return `{"phone_number":"07700900123","template_id":"${smsTemplate}","personalisation":{"name":"Ada Lovelace","day":"Monday 5 May","time":"9:30am"}}`;
}

/** Gives each of them its turn. */
function inTurn<T>(items: readonly T[]): () => T {
  let at = 0;
  return () => {
    const item = items[at++ % items.length];
    if (item === undefined) throw new Error("There is nothing to take turns");
    return item;
  };
}

const Accepted = v.object({ id: v.string() });

interface Latencies {
  /** From when the request was sent, so that accepting is part of it. */
  fromRequest: number[];
  /** From when the 201 was here; less than nothing where the provider had it before. */
  fromAnswer: number[];
}

/** Until the provider has the text; in milliseconds, sorted. */
async function latencies(
  { apiUrl, services, counts, arrivals }: System,
  perSecond: number,
  seconds: number,
): Promise<Latencies> {
  const next = inTurn(services);
  const before = (await counts()).sms;
  const sent: { id: string; requestedAt: number; answeredAt: number }[] = [];
  const send = async () => {
    const service = next();
    const requestedAt = now();
    const response = await fetch(`${apiUrl}/v2/notifications/sms`, {
      method: "POST",
      headers: { Authorization: service.authorization() },
      body: textOf(service),
    });
    const { id } = v.parse(Accepted, await response.json());
    sent.push({ id, requestedAt, answeredAt: now() });
  };
  await paced(send, { perSecond, seconds });
  await until(
    async () => (await counts()).sms >= before + sent.length,
    "all texts have reached the provider",
    60_000,
  );

  const arrivedAt = await arrivals();
  const since = (start: (text: (typeof sent)[number]) => number) =>
    sent.map((text) => (arrivedAt.get(text.id) ?? Number.NaN) - start(text)).sort((a, b) => a - b);
  return { fromRequest: since((text) => text.requestedAt), fromAnswer: since((text) => text.answeredAt) };
}

/** Milliseconds since 1970, with a fraction. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

/** Asked for and not yet called back, at most: enough to keep every part busy, too few for a backlog to grow. */
const unfinished = 1_000;

/**
 * Messages a second that were delivered, reported on and called back, while a new one is asked for only when one has
 * gone the whole way.
 */
async function sustained({ apiUrl, services, counts }: System, seconds: number): Promise<number> {
  const warmUpSeconds = seconds / 4;
  const next = inTurn(services);
  let service = next();
  const before = (await counts()).callback;
  let asked = 0;
  let finished = 0;
  let isOver = false;
  const waiting: (() => void)[] = [];
  const letGo = (most: number) => {
    for (const go of waiting.splice(0, Math.max(0, most))) go();
  };

  const start = performance.now();
  let from: { at: number; finished: number } | undefined;
  let to = { at: start, finished: 0 };
  const watching = (async () => {
    for (;;) {
      finished = (await counts()).callback - before;
      const elapsed = (performance.now() - start) / 1000;
      to = { at: elapsed, finished };
      if (elapsed >= warmUpSeconds) from ??= to;
      if (elapsed >= warmUpSeconds + seconds) break;
      letGo(unfinished - (asked - finished));
      await Bun.sleep(10);
    }
    isOver = true;
    letGo(waiting.length);
  })();
  const result = await load({
    url: apiUrl,
    path: "/v2/notifications/sms",
    connections: 64,
    seconds: warmUpSeconds + seconds,
    mayGo: () => {
      asked++;
      // Nobody counts any more, so nobody would let go of what waits.
      if (isOver || asked - finished <= unfinished) return Promise.resolve();
      return new Promise((resolve) => {
        asked--;
        waiting.push(() => {
          asked++;
          resolve();
        });
      });
    },
    headers: () => {
      service = next();
      return `Authorization: ${service.authorization()}\r\n`;
    },
    body: () => textOf(service),
  });
  await watching;
  const accepted = result.statuses[201] ?? 0;
  if (accepted !== result.answers)
    throw new Error(`Not all were accepted: ${JSON.stringify(result.statuses)}`);
  await until(
    async () => (await counts()).callback - before >= accepted,
    `all ${accepted} were called back`,
    60_000,
  );
  if (!from) throw new Error("The run was too short");
  return (to.finished - from.finished) / (to.at - from.at);
}

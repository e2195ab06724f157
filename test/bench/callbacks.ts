import * as v from "valibot";
import { deliveryStatusCallback } from "../../shared/callback/delivery-status.ts";
import { setCallback } from "../../shared/callback/queries.ts";
import { enqueue, type NewJob } from "../../shared/queue/enqueue.ts";
import { freePort } from "../support/free-port.ts";
import type { Bench } from "./bench.ts";
import { type Ground, openGround } from "./ground.ts";
import { paced, percentile } from "./http-load.ts";
import { until } from "./system.ts";

/** What a worker tells services a second, and what services whose receivers never answer cost the others. */
export const callbacks: Bench = {
  describe: "callbacks a second to healthy receivers; their p99 alone, beside one dead of ten, and nine",
  async run({ seconds, say }) {
    await using ground = await openGround();
    const system = await startCallbacks(ground);
    say("warming up");
    await drain(system, 1_000);

    const backlog = Math.round(4_000 * seconds);
    say(`${backlog.toLocaleString("en-GB")} callbacks of ten services`);
    const perSecond = await drain(system, backlog);
    say("the same calls and nothing else");
    const baseline = await justCall(system, Math.round(1_000 * seconds));
    say(`ten services alone, ${paceOf(10)} callbacks a second`);
    const alone = await latencies(system, system.services, seconds);

    // As many as would take a worker's slots for minutes.
    const waiting = Math.max(200, Math.round(2_500 * seconds));
    say(`nine beside one with ${waiting.toLocaleString("en-GB")} callbacks that is dead`);
    await die(system, system.services.slice(0, 1), waiting);
    const besideOne = await latencies(system, system.services.slice(1), seconds);
    say("one beside nine that are dead");
    await die(system, system.services.slice(1, 9), waiting / 5);
    const besideNine = await latencies(system, system.services.slice(9), seconds);
    return {
      callbacks_per_s: perSecond,
      baseline_calls_per_s: baseline,
      ratio: perSecond / baseline,
      p50_ms_healthy_alone: percentile(alone, 0.5),
      p99_ms_healthy_alone: percentile(alone, 0.99),
      p50_ms_healthy_beside_dead: percentile(besideOne, 0.5),
      p99_ms_healthy_beside_dead: percentile(besideOne, 0.99),
      p50_ms_healthy_beside_nine_dead: percentile(besideNine, 0.5),
      p99_ms_healthy_beside_nine_dead: percentile(besideNine, 0.99),
    };
  },
};

interface CallbackSystem {
  ground: Ground;
  receiverUrl: string;
  /** Ids of those that want to be told, each at an address of its own. */
  services: readonly string[];
}

/** A worker and the receivers, each a process of its own. */
async function startCallbacks(ground: Ground): Promise<CallbackSystem> {
  const [receiverPort, metricsPort] = [freePort(), freePort()];
  const receiverUrl = `http://127.0.0.1:${receiverPort}`;
  await Promise.all([
    ground.start("test/bench/receiver-process.ts", receiverPort, { RECEIVER_PORT: String(receiverPort) }),
    ground.start("worker/main.ts", metricsPort, {
      WORKER_METRICS_PORT: String(metricsPort),
      CALLBACK_ALLOWED_CIDRS: "127.0.0.0/8",
      // That receivers are dead is not to be read ten thousand times.
      LOG_LEVEL: "error",
    }),
  ]);
  const services: string[] = [];
  for (let n = 1; n <= 10; n++) {
    const { id } = await ground.addService(`Bench ${n}`);
    services.push(id);
    await callAt({ ground, receiverUrl }, id, "alive");
  }
  return { ground, receiverUrl, services };
}

async function callAt(
  { ground: { sql, cipher }, receiverUrl }: Pick<CallbackSystem, "ground" | "receiverUrl">,
  serviceId: string,
  place: "alive" | "dead",
): Promise<void> {
  await setCallback(sql, cipher, {
    serviceId,
    type: "delivery_status",
    url: `${receiverUrl}/${place}/${serviceId}`,
    bearerToken: crypto.randomUUID(),
  });
}

const Counts = v.object({ alive: v.number(), dead: v.number() });
const Arrivals = v.array(v.tuple([v.string(), v.number()]));

async function counts({ receiverUrl }: CallbackSystem): Promise<v.InferOutput<typeof Counts>> {
  return v.parse(Counts, await (await fetch(`${receiverUrl}/count`)).json());
}

async function arrivals({ receiverUrl }: CallbackSystem): Promise<v.InferOutput<typeof Arrivals>> {
  return v.parse(Arrivals, await (await fetch(`${receiverUrl}/arrivals`)).json());
}

/** Slices this long are counted apart: their median is not moved by what else the machine did for a moment. */
const sliceMs = 250;

/** Callbacks a second, from the first until the last of a backlog that one commit brings. */
async function drain(system: CallbackSystem, count: number): Promise<number> {
  const jobs = await jobsOf(system, system.services, count);
  const before = (await counts(system)).alive;
  await arrivals(system);
  await enqueue(system.ground.sql, jobs);
  await until(
    async () => (await counts(system)).alive >= before + jobs.length,
    `all ${count} callbacks have come`,
    120_000,
  );
  const times = (await arrivals(system)).map(([, at]) => at).sort((a, b) => a - b);
  const [first = Number.NaN] = times;
  const slices = new Map<number, number>();
  for (const at of times) {
    const slice = Math.floor((at - first) / sliceMs);
    slices.set(slice, (slices.get(slice) ?? 0) + 1);
  }
  // The last is cut short.
  if (slices.size > 1) slices.delete(Math.floor(((times.at(-1) ?? first) - first) / sliceMs));
  const sorted = [...slices.values()].sort((a, b) => a - b);
  return (percentile(sorted, 0.5) * 1000) / sliceMs;
}

/** Calls at once, as many as a worker makes. */
const atOnce = 100;

/** Calls a second with nothing around them: no queue, no record, no signature. */
async function justCall({ receiverUrl, services }: CallbackSystem, count: number): Promise<number> {
  const body = JSON.stringify({ id: crypto.randomUUID(), filler: "x".repeat(350) });
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < count) {
        const service = services[next++ % services.length];
        const response = await fetch(`${receiverUrl}/alive/${service}`, { method: "POST", body });
        await response.arrayBuffer();
      }
    }),
  );
  return (count * 1000) / (performance.now() - startedAt);
}

/** A second from each service: far from what a worker can do, so that what waits, waits for a reason. */
const pace = 20;

function paceOf(services: number): number {
  return services * pace;
}

/** From when an event was stored until its receiver heard of it; in milliseconds, sorted. */
async function latencies(
  system: CallbackSystem,
  services: readonly string[],
  seconds: number,
): Promise<number[]> {
  const { sql } = system.ground;
  const perSecond = paceOf(services.length);
  const jobs = await jobsOf(system, services, Math.ceil(perSecond * seconds));
  await arrivals(system);
  const storedAt = new Map<string, number>();
  const left = jobs.values();
  const send = async () => {
    const { value } = left.next();
    if (value === undefined) return;
    storedAt.set(value.data.subjectId, performance.timeOrigin + performance.now());
    await enqueue(sql, [value]);
  };
  await paced(send, { perSecond, seconds });
  const arrivedAt = new Map<string, number>();
  await until(
    async () => {
      for (const [id, at] of await arrivals(system)) if (!arrivedAt.has(id)) arrivedAt.set(id, at);
      return [...storedAt.keys()].every((id) => arrivedAt.has(id));
    },
    "all healthy services are told",
    120_000,
  );
  return [...storedAt]
    .map(([id, stored]) => (arrivedAt.get(id) ?? Number.NaN) - stored)
    .sort((a, b) => a - b);
}

/** Receivers of these services answer no more; resolves when each was called, with `waiting` callbacks to it queued. */
async function die(system: CallbackSystem, services: readonly string[], waiting: number): Promise<void> {
  for (const id of services) await callAt(system, id, "dead");
  const { dead } = await counts(system);
  await until(
    async () => {
      // The worker remembers for a second where they lived.
      await enqueue(system.ground.sql, await jobsOf(system, services, services.length));
      await Bun.sleep(100);
      return (await counts(system)).dead >= dead + services.length;
    },
    "the dead are called",
    30_000,
  );
  await enqueue(system.ground.sql, await jobsOf(system, services, waiting * services.length));
}

/** Callbacks of texts that were delivered, of each service in turn. */
async function jobsOf(
  { ground: { cipher } }: CallbackSystem,
  services: readonly string[],
  count: number,
): Promise<NewJob<"service-callbacks">[]> {
  const at = new Date();
  const jobs: NewJob<"service-callbacks">[] = [];
  for (let n = 0; n < count; n++) {
    const notification = {
      id: crypto.randomUUID(),
      serviceId: services[n % services.length] ?? "",
      channel: "sms",
      status: "sending",
      to: "07700 900123",
      clientReference: "bench",
      templateId: crypto.randomUUID(),
      templateVersion: 1,
      international: false,
      normalisedTo: "447700900123",
      phonePrefix: null,
      createdAt: at,
      sentAt: at,
      hasCallback: true,
    } as const;
    const job = await deliveryStatusCallback(notification, "delivered", at, cipher);
    if (job) jobs.push(job);
  }
  return jobs;
}

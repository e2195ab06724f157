import * as v from "valibot";
import { percentile } from "../bench/http-load.ts";
import { type Asked, listFaults, type Story } from "./bad-day-faults.ts";
import { createTable, type Sample } from "./bad-day-table.ts";
import { pick } from "./random.ts";
import type { Arrival, SplitSystem } from "./split-system.ts";

/** One day's load and all that became of it. */
export interface Day {
  /** The first requests also pay for connections and caches. */
  warmUp(): Promise<void>;
  start(perSecond: number): void;
  /** What the table calls the time from now on. */
  enter(phase: string): void;
  /** Resolves when all that was asked for was answered. */
  stop(): Promise<void>;
  /** Accepted and not yet at its end, or not yet called back. */
  unfinished(): Promise<number>;
  account(): Promise<{ figures: Record<string, number>; faults: string[]; table: string[] }>;
}

const Accepted = v.object({ id: v.pipe(v.string(), v.uuid()) });

/** One email for so many texts. */
const textsPerEmail = 50;
/** How long a request may take before it counts as unanswered. */
const timeoutMs = 30_000;

/** Most arrive. */
const numbers: readonly { recipient: string; fate: string }[] = [
  { recipient: "07700900002", fate: "permanent-failure" },
  { recipient: "07700900003", fate: "temporary-failure" },
  ...Array.from({ length: 18 }, () => ({ recipient: "07700900123", fate: "delivered" })),
];

/** The same `random` makes the same day, but for what the worker draws. */
export function openDay(system: SplitSystem, random: () => number): Day {
  const { apiUrl, services, sql } = system;
  const asked: Asked[] = [];
  const pending = new Set<Promise<void>>();
  const samples: Sample[] = [];
  const callbacks: Arrival[] = [];
  let phase = "";
  let running: Promise<unknown> | null = null;
  let isOver = false;

  async function ask(channel: "sms" | "email", n: number): Promise<void> {
    const service = services[n % services.length];
    if (!service) throw new Error("There is no service");
    const number = numbers[pick(random, numbers.length)];
    const { recipient, fate } =
      channel === "sms" && number ? number : { recipient: `person-${n}@example.com`, fate: "delivered" };
    const to = channel === "sms" ? { phone_number: recipient } : { email_address: recipient };
    const body = {
      ...to,
      template_id: channel === "sms" ? service.smsTemplate : service.emailTemplate,
      personalisation: { name: "Ada", day: "Monday" },
    };
    const authorization = await service.authorization();
    const at = Date.now();
    const startedAt = performance.now();
    const id = await fetch(`${apiUrl}/v2/notifications/${channel}`, {
      method: "POST",
      headers: { Authorization: authorization, "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    }).then(
      async (response) => {
        const json: unknown = await response.json();
        return response.status === 201 ? v.parse(Accepted, json).id : null;
      },
      () => null,
    );
    asked.push({ id, channel, recipient, fate, at, ms: performance.now() - startedAt });
  }

  function begin(channel: "sms" | "email", n: number): void {
    const one = ask(channel, n).finally(() => pending.delete(one));
    pending.add(one);
  }

  async function flow(perSecond: number): Promise<void> {
    const startedAt = performance.now();
    for (let n = 1; !isOver; n++) {
      const wait = startedAt + (n * 1000) / perSecond - performance.now();
      if (wait > 0) await Bun.sleep(wait);
      begin("sms", n);
      if (n % textsPerEmail === 0) begin("email", n);
    }
    while (pending.size > 0) await Promise.all(pending);
  }

  async function watch(): Promise<void> {
    while (!isOver) {
      const [row] = await sql<Omit<Sample, "at" | "phase">[]>`
        select count(*)::int as waiting,
          (select priority from provider_details where identifier = 'mmg') as mmg,
          (select priority from provider_details where identifier = 'firetext') as firetext
        from pgboss.job where name = 'deliver-sms' and state < 'active'`;
      if (row) samples.push({ at: Date.now(), phase, ...row });
      await Bun.sleep(500);
    }
  }

  async function listCallbacks(): Promise<readonly Arrival[]> {
    callbacks.push(...(await system.arrivals("callback", callbacks.length)));
    return callbacks;
  }

  return {
    async warmUp() {
      await Promise.all(Array.from({ length: 20 }, (_, n) => ask("sms", n)));
    },
    start(perSecond) {
      running = Promise.all([flow(perSecond), watch()]);
    },
    enter(next) {
      phase = next;
    },
    async stop() {
      isOver = true;
      await running;
    },
    async unfinished() {
      const accepted = asked.filter(({ id }) => id !== null).length;
      const [row] = await sql<{ ended: number }[]>`
        select count(*)::int as ended from notifications where status not in ('created', 'sending', 'pending', 'sent')`;
      const told = new Set((await listCallbacks()).map(({ key }) => key)).size;
      return accepted - Math.min(row?.ended ?? 0, told);
    },
    async account() {
      const sent = await system.arrivals("sms", 0);
      const story: Story = {
        asked,
        texts: byKey(sent),
        emails: byKey(await system.arrivals("email", 0)),
        callbacks: byKey(await listCallbacks()),
        rows: await sql<Story["rows"]>`select id, status, timeline from notifications`,
        failedReceipts: await system.failedReceipts(),
      };
      const { figures, faults } = listFaults(story);
      const acceptMs = asked.map(({ ms }) => ms).sort((a, b) => a - b);
      return {
        figures: {
          ...figures,
          accept_p50_ms: percentile(acceptMs, 0.5),
          accept_p99_ms: percentile(acceptMs, 0.99),
          most_waiting: Math.max(...samples.map(({ waiting }) => waiting)),
        },
        faults,
        table: createTable({ asked, texts: story.texts, sent, samples }),
      };
    },
  };
}

function byKey(arrivals: readonly Arrival[]): ReadonlyMap<string, readonly Arrival[]> {
  return Map.groupBy(arrivals, ({ key }) => key);
}

import * as v from "valibot";
import { readSteps, type Step } from "../../shared/notification/timeline.ts";
import { idIn } from "./client.ts";
import { readLedger } from "./ledger.ts";
import { openPostgres } from "./own-postgres.ts";
import type { Part } from "./part.ts";
import { pick, seeded } from "./random.ts";
import type { Outcome, Scenario, ScenarioOptions } from "./scenario.ts";
import { openSystem, type System } from "./system.ts";
import { until } from "./until.ts";

export const kill: Scenario = {
  describe: "API and two workers are killed (-9) again and again in a stream of sends",
  sends: 2000,
  async run(options) {
    await using database = await openPostgres();
    await using system = await openSystem({
      databaseUrl: database.url,
      workers: 2,
      env: { LOG_LEVEL: "error" },
    });
    const kills = Math.max(3, Math.round(options.sends / 100));
    return await killInStream(system, { ...options, kills, lateReceiptsMs: 40_000 });
  },
};

interface KillOptions extends ScenarioOptions {
  kills: number;
  /**
   * Receipts of texts sent around a worker's death come this late. A prompt receipt tells that a provider has the
   * text, so that it is not sent again; only a late one leaves the window open.
   */
  lateReceiptsMs?: number;
}

interface Strike {
  /** Before this send. */
  at: number;
  victim: number;
  delayMs: number;
}

/** How many send at the same time. */
const senders = 8;
/** Providers take this long to answer, having taken the text: the window that a death must fall in. */
const providerMs = 30;
const recoveryMs = 120_000;

/** Sends a stream, kills API and workers at seeded points of it, and accounts for every 201. */
export async function killInStream(
  system: System,
  { seed, sends, kills, lateReceiptsMs = 0, say }: KillOptions,
): Promise<Outcome> {
  const { api, workers, sandbox, sql } = system;
  const { client } = await system.addService("Chaos Council", "/callback");
  for (const provider of ["mmg", "firetext"] as const) sandbox.setFault({ provider, delay_ms: providerMs });

  const victims: readonly Part[] = [api, ...workers];
  const plan = planStrikes(seeded(seed), { sends, kills, victims: victims.length });
  const inFlight = new Set<string>();
  const killed = new Map<string, number>();
  let lastKill = performance.now();
  let striking = Promise.resolve();
  async function strike({ victim, delayMs }: Strike): Promise<void> {
    const part = victims[victim] ?? api;
    if (part !== api && lateReceiptsMs > 0) {
      sandbox.setFault({ provider: "receipts", delay_ms: lateReceiptsMs, count: 40 });
    }
    await Bun.sleep(delayMs);
    await part.kill();
    lastKill = performance.now();
    killed.set(part.name, (killed.get(part.name) ?? 0) + 1);
    // Those of the worker that lives are among them: it is a bound, not a count.
    if (part !== api) for (const id of await claimedNow(system)) inFlight.add(id);
    part.start();
  }

  const accepted = new Set<string>();
  const unexpected = new Map<number, number>();
  let next = 0;
  let refused = 0;
  async function sendOn(): Promise<void> {
    while (next < sends) {
      const n = next++;
      for (const due of plan.filter(({ at }) => at === n)) striking = striking.then(() => strike(due));
      const answer = await client.sendSms(`send-${n}`);
      if (answer.status === 201) {
        accepted.add(idIn(answer));
        continue;
      }
      refused++;
      const { status } = answer;
      if (status !== null && status < 500) unexpected.set(status, (unexpected.get(status) ?? 0) + 1);
      await striking;
      await api.ready();
    }
  }
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: senders }, sendOn));
  await striking;
  say(
    `${sends} sent, ${accepted.size} accepted, ${secondsSince(startedAt).toFixed(1)} s; waiting for the rest`,
  );

  const counts = () => sql<{ stored: number; delivered: number }[]>`
    select count(*)::int as stored, count(*) filter (where status = 'delivered')::int as delivered from notifications`;
  let seen = "";
  await until(
    async () => {
      const [{ stored, delivered } = { stored: 0, delivered: 0 }] = await counts();
      const { calledBack } = readLedger(sandbox);
      seen = `${delivered} of ${stored} delivered, ${calledBack.size} called back`;
      return delivered === stored && calledBack.size === stored;
    },
    { what: () => `All is told (${seen})`, timeoutMs: recoveryMs, everyMs: 250 },
  ).catch((error: Error) => say(error.message));
  const recovered = (performance.now() - lastKill) / 1000;
  // A second text that is still under way would have been fetched with the first.
  const [{ stored } = { stored: 0 }] = await counts();

  const { sent, calledBack } = readLedger(sandbox);
  const repeated = [...sent].filter(([, times]) => times > 1).map(([id]) => id);
  const outside = repeated.filter((id) => !inFlight.has(id));
  const statuses = new Map(
    (await sql<{ id: string; status: string }[]>`select id, status from notifications`).map(
      ({ id, status }) => [id, status],
    ),
  );
  const undelivered = [...accepted].filter((id) => !sent.has(id) || statuses.get(id) !== "delivered");
  const missing = [...accepted].filter((id) => !calledBack.has(id));
  const told = await toldByApi(system, client, [...accepted].slice(-20));

  const faults: string[] = [];
  const fault = (count: number, what: string) => {
    if (count > 0) faults.push(`${count} ${what}`);
  };
  fault(undelivered.length, "accepted and not delivered");
  fault(missing.length, "accepted and not called back");
  fault(outside.length, "sent twice though no worker died over them");
  const lost = await withLostAttempt(system, repeated);
  fault(repeated.filter((id) => !lost.has(id)).length, "sent twice and their timelines do not tell why");
  fault(told.filter((status) => status !== "delivered").length, "not delivered by the API's word");
  fault(
    [...unexpected.values()].reduce((sum, count) => sum + count, 0),
    "refused with a 4xx",
  );
  return {
    figures: {
      sends,
      accepted: accepted.size,
      not_accepted: refused,
      stored_without_answer: stored - accepted.size,
      delivered: accepted.size - undelivered.length,
      kills_api: killed.get(api.name) ?? 0,
      kills_worker: [...killed].reduce((sum, [name, count]) => sum + (name === api.name ? 0 : count), 0),
      in_flight_at_kills: inFlight.size,
      duplicates: repeated.length,
      callbacks_missing: missing.length,
      callbacks_repeated: [...calledBack.values()].filter((times) => times > 1).length,
      seconds_to_recover: recovered,
    },
    faults,
  };
}

/** Kills spread over the stream; at first each process in turn, so that short runs have them all. */
function planStrikes(
  random: () => number,
  { sends, kills, victims }: { sends: number; kills: number; victims: number },
): Strike[] {
  const share = sends / (kills + 1);
  return Array.from({ length: kills }, (_, n) => ({
    at: Math.floor(share * (n + 0.5 + random())),
    victim: n < victims ? n : pick(random, victims),
    delayMs: pick(random, 40),
  }));
}

/** What a worker has claimed and not yet noted as sent. */
async function claimedNow({ sql }: System): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from notifications where status = 'created' and claimed_until is not null`;
  return rows.map(({ id }) => id);
}

/** Those of them whose timelines tell that a worker was lost over them. */
async function withLostAttempt({ sql }: System, ids: string[]): Promise<ReadonlySet<string>> {
  const rows = await sql<{ id: string; timeline: string | null }[]>`
    select id, timeline from notifications where id = any(${ids}::uuid[])`;
  const isLost = (step: Step) => step.kind === "attempt" && step.outcome === "lost";
  return new Set(rows.filter(({ timeline }) => readSteps(timeline).some(isLost)).map(({ id }) => id));
}

const Shown = v.object({ status: v.string() });

async function toldByApi(
  { api }: System,
  client: { get(path: string): Promise<{ body: unknown }> },
  ids: string[],
) {
  await api.ready();
  const answers = await Promise.all(ids.map((id) => client.get(`/v2/notifications/${id}`)));
  return answers.map(({ body }) => v.parse(Shown, body).status);
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1000;
}

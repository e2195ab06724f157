import type { JobName } from "../../shared/queue/jobs.ts";
import { readToldEvents, type ToldEvent } from "./callbacks-ledger.ts";
import { endTexts } from "./ended-texts.ts";
import { hangMany, hangSettings } from "./hanging-calls.ts";
import { openPostgres } from "./own-postgres.ts";
import { pick, seeded } from "./random.ts";
import type { Outcome, Scenario, ScenarioOptions } from "./scenario.ts";
import { openSystem, type System } from "./system.ts";
import { until } from "./until.ts";

export const callbacks: Scenario = {
  describe:
    "two workers are killed (-9) in a stream of callbacks to faulty receivers; then 1,000 calls hang at once",
  sends: 5000,
  unit: "callbacks",
  async run(options) {
    await using database = await openPostgres();
    const kills = Math.max(3, Math.round(options.sends / 250));
    const told = await (async () => {
      await using system = await openSystem({ databaseUrl: database.url, workers: 2, env: callbackSettings });
      return await killInCallbacks(system, { ...options, kills, outage: true });
    })();
    await using system = await openSystem({ databaseUrl: database.url, env: hangSettings(1000) });
    const hung = await hangMany(system, { calls: 1000, say: options.say });
    return { figures: { ...told.figures, ...hung.figures }, faults: [...told.faults, ...hung.faults] };
  },
};

/** A receiver that hangs holds up little, so that there is much to kill. */
export const callbackSettings = {
  CALLBACK_TIMEOUT_MS: "1000",
  CALLBACK_ALLOWED_CIDRS: "127.0.0.0/8",
  LOG_LEVEL: "error",
};

const serviceCount = 5;
/** Events that are stored in one go. */
const batch = 50;
const batchMs = 200;
/** Receivers take this long: the window that a death must fall in. */
const receiverMs = 30;
/** A lost job is noticed after 20 seconds; an endpoint that was thought broken is tried again after 30. */
const toldMs = 240_000;

/** Ways in which a receiver fails for now. */
const faultKinds = [
  { status: 500 },
  { status: 503, delay_ms: 100 },
  { status: 429, headers: { "retry-after": "1" } },
  { hang: true },
  { reset: true },
] as const;

interface KillOptions extends ScenarioOptions {
  kills: number;
  /** One receiver is down for two thirds of the stream, so that it is spared and what is for it is parked. */
  outage: boolean;
}

/**
 * Receipts end `sends` texts of several services, whose receivers fail a fifth of the calls, while workers are killed at
 * seeded points. Then accounts for each event: told, under one id and with the same bytes, and each attempt on record.
 */
export async function killInCallbacks(
  system: System,
  { seed, sends, kills, outage, say }: KillOptions,
): Promise<Outcome> {
  const { sandbox, workers } = system;
  const random = seeded(seed);
  const paths = Array.from({ length: serviceCount }, (_, n) => `/callback/${n}`);
  const services: string[] = [];
  const usually = (path: string, effect: object = {}) =>
    sandbox.setFault({ provider: "callback", path, delay_ms: receiverMs, ...effect });
  for (const path of paths) {
    services.push((await system.addService(`Chaos ${path}`, path)).id);
    usually(path);
  }

  const batches = Math.ceil(sends / batch);
  const strikes = Array.from({ length: kills }, (_, n) => ({
    at: Math.floor((batches * (n + 0.5)) / kills),
    // At first each in turn, so that short runs have both.
    victim: n < workers.length ? n : pick(random, workers.length),
    delayMs: pick(random, 40),
  }));
  const inFlight = new Set<string>();
  let killed = 0;
  const strike = async ({ victim, delayMs }: (typeof strikes)[number]) => {
    await Bun.sleep(delayMs);
    const worker = workers[victim] ?? workers[0];
    await worker.kill();
    killed++;
    for (const id of await activeCallbacks(system)) inFlight.add(id);
    worker.start();
  };

  const events = new Set<string>();
  let striking = Promise.resolve();
  for (let at = 0; at < batches; at++) {
    if (outage && at === 0) usually(paths[0] ?? "", { status: 503 });
    if (outage && at === Math.floor((2 * batches) / 3)) usually(paths[0] ?? "");
    for (let times = 0; times < 2; times++) {
      const path = paths[pick(random, paths.length)] ?? "";
      const kind = faultKinds[pick(random, faultKinds.length)] ?? faultKinds[0];
      sandbox.setFault({ provider: "callback", path, count: 1 + pick(random, 8), ...kind });
    }
    for (const id of await endTexts(system, services, Math.min(batch, sends - at * batch))) events.add(id);
    for (const due of strikes.filter((each) => each.at === at)) striking = striking.then(() => strike(due));
    // Not held up by what a dead worker had, which is missed only after 20 seconds.
    await Bun.sleep(batchMs);
  }
  await striking;
  const streamed = performance.now();
  const parked = await jobsIn(system, ["service-callbacks-parked"]);
  // What is left would meet the probes of receivers that are spared, one each half minute.
  sandbox.clearFaults();
  say(
    `${events.size} events, ${killed} kills, ${inFlight.size} under way at them, ${parked} parked; waiting for the rest`,
  );

  let told = readToldEvents(sandbox);
  const missing = () => [...events].filter((id) => !told.get(id)?.taken);
  await until(
    async () => {
      await hurryRetries(system);
      told = readToldEvents(sandbox);
      return missing().length === 0 && (await jobsIn(system, callbackLanes)) === 0;
    },
    { what: () => `All are told (${missing().length} are not)`, timeoutMs: toldMs, everyMs: 500 },
  ).catch((error: Error) => say(error.message));
  const recovered = (performance.now() - streamed) / 1000;

  return account(system, {
    events,
    told,
    inFlight,
    figures: { kills: killed, parked, seconds_to_recover: recovered },
  });
}

interface Ended {
  events: ReadonlySet<string>;
  told: ReadonlyMap<string, ToldEvent>;
  /** Events whose calls a death may have cut off. */
  inFlight: ReadonlySet<string>;
  figures: Record<string, number>;
}

async function account({ sql }: System, { events, told, inFlight, figures }: Ended): Promise<Outcome> {
  const recorded = new Map(
    (
      await sql<{ id: string; attempts: number; delivered: number; lost: number }[]>`
        select subject_id as id, count(*)::int as attempts,
          count(*) filter (where outcome = 'delivered')::int as delivered,
          count(*) filter (where outcome in ('exhausted', 'refused'))::int as lost
        from callback_attempts group by subject_id`
    ).map((row) => [row.id, row]),
  );
  const [{ dead } = { dead: 0 }] = await sql<{ dead: number }[]>`
    select count(*)::int as dead from pgboss.job where name = 'dead-letters' or state = 'failed'`;
  const all = [...events];
  const those = (is: (event: ToldEvent | undefined, id: string) => boolean) =>
    all.filter((id) => is(told.get(id), id)).length;
  const ids = new Set([...told.values()].flatMap(({ webhookIds }) => [...webhookIds]));
  const calls = [...told.values()].reduce((sum, event) => sum + event.calls, 0);
  const attempts = [...recorded.values()].reduce((sum, row) => sum + row.attempts, 0);

  const wrong: Record<string, number> = {
    "events were never told": those((event) => !event?.taken),
    "events came under no id or several": those((event) => event?.webhookIds.size !== 1),
    "ids are of several events": Math.max(0, told.size - ids.size),
    "events came with other bytes": those((event) => event?.bodies.size !== 1),
    "events are not on record as told": those((_, id) => !recorded.get(id)?.delivered),
    "events are on record as given up": those((_, id) => (recorded.get(id)?.lost ?? 0) > 0),
    "events were told again though no worker died over them": those(
      (event, id) => (event?.taken ?? 0) > 1 && !inFlight.has(id),
    ),
    "events lack attempts though no worker died over them": those(
      (event, id) => (recorded.get(id)?.attempts ?? 0) < (event?.calls ?? 0) && !inFlight.has(id),
    ),
    "jobs failed": dead,
  };
  return {
    figures: {
      callbacks: all.length,
      ...figures,
      in_flight_at_kills: inFlight.size,
      calls,
      calls_failed: [...told.values()].reduce((sum, event) => sum + event.calls - event.taken, 0),
      told_again: those((event) => (event?.taken ?? 0) > 1),
      attempts_recorded: attempts,
      attempts_unrecorded: calls - attempts,
    },
    faults: Object.entries(wrong).flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : [])),
  };
}

const callbackLanes: readonly JobName[] = ["service-callbacks", "service-callbacks-retry"];

/** What workers tell, or told and have not settled: those of the worker that lives are among them. */
async function activeCallbacks({ sql }: System): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select data->>'subjectId' as id from pgboss.job where name in ${sql(callbackLanes)} and state = 'active'`;
  return rows.map(({ id }) => id);
}

/** How many wait or run. */
async function jobsIn({ sql }: System, names: readonly JobName[]): Promise<number> {
  const [row] = await sql<{ jobs: number }[]>`
    select count(*)::int as jobs from pgboss.job where name in ${sql(names)} and state <= 'active'`;
  return row?.jobs ?? 0;
}

/** Nobody waits hours for a third attempt; what waits for a worker or an endpoint to recover waits. */
async function hurryRetries({ sql }: System): Promise<void> {
  await sql`
    update pgboss.job set start_after = now()
    where name = 'service-callbacks-retry' and state = 'created' and start_after > now() + interval '60 seconds'`;
}

import * as v from "valibot";
import { paced, percentile } from "../bench/http-load.ts";
import { idIn } from "./client.ts";
import { openPostgres } from "./own-postgres.ts";
import type { Outcome, Scenario, ScenarioOptions } from "./scenario.ts";
import { type ChaosService, openSystem, type System } from "./system.ts";
import { until } from "./until.ts";

/** Those of Notify's incident: a pool of 10, and 100 callbacks that were slow. */
const pool = 5;

export const poolSettings = { API_POOL: String(pool), WORKER_POOL: String(pool), LOG_LEVEL: "error" };

export const slowCallbacks: Scenario = {
  describe: "one service's callback receiver never answers: what of the others?",
  sends: 1000,
  async run(options) {
    await using database = await openPostgres();
    await using system = await openSystem({ databaseUrl: database.url, env: poolSettings });
    return await hangCallbacks(system, { ...options, seconds: 15 });
  },
};

const perSecond = 20;

interface Measured {
  acceptMs: number[];
  /** From the provider's taking a text, which its receipt follows at once, to the callback's arrival. */
  callbackMs: number[];
}

/** Measures a healthy service alone, then beside one with `sends` callbacks to a receiver that never answers. */
export async function hangCallbacks(
  system: System,
  { sends, seconds, say }: ScenarioOptions & { seconds: number },
): Promise<Outcome> {
  const { sandbox, sql } = system;
  const dead = await system.addService("Dead Council", "/callback/dead");
  const healthy = await system.addService("Healthy Council", "/callback/healthy");
  sandbox.setFault({ provider: "callback", path: "/callback/dead", hang: true });
  // The first requests also pay for connections and caches.
  await measure(system, healthy, 1);

  say(`A healthy service alone, ${perSecond} texts a second`);
  const before = await measure(system, healthy, seconds);

  say(`${sends} texts of a service whose receiver never answers`);
  await sendMany(dead, sends);
  const hanging = () => sandbox.messages("callback").filter(({ to }) => to === "/callback/dead").length;
  await until(
    async () => {
      const [row] = await sql<{ left: number }[]>`
        select count(*)::int as left from notifications where service_id = ${dead.id} and status <> 'delivered'`;
      return row?.left === 0 && hanging() > 0;
    },
    { what: "The dead service's callbacks hang", timeoutMs: 60_000 },
  );

  say("The healthy service beside it");
  const watch = watchConnections(system);
  const during = await measure(system, healthy, seconds);
  const connections = await watch.stop();
  const [{ waiting } = { waiting: 0 }] = await sql<{ waiting: number }[]>`
    select count(*)::int as waiting from pgboss.job
    where name like 'service-callbacks%' and group_id = ${dead.id} and state <= 'active'`;

  const figures = {
    accept_p50_ms_before: percentile(before.acceptMs, 0.5),
    accept_p50_ms_during: percentile(during.acceptMs, 0.5),
    accept_p99_ms_before: percentile(before.acceptMs, 0.99),
    accept_p99_ms_during: percentile(during.acceptMs, 0.99),
    callback_p50_ms_before: percentile(before.callbackMs, 0.5),
    callback_p50_ms_during: percentile(during.callbackMs, 0.5),
    callback_p99_ms_before: percentile(before.callbackMs, 0.99),
    callback_p99_ms_during: percentile(during.callbackMs, 0.99),
    dead_callbacks_waiting: waiting,
    most_connections: connections.most,
    most_active: connections.active,
    idle_in_transaction: connections.idleInTransaction,
  };
  const faults: string[] = [];
  // Far above what is seen, and below the 5 seconds of a callback's time-out that a starved system would take.
  if (figures.accept_p99_ms_during > 1000 + 3 * figures.accept_p99_ms_before)
    faults.push("accepting suffers");
  if (figures.callback_p99_ms_during > 2500 + 3 * figures.callback_p99_ms_before)
    faults.push("callbacks suffer");
  if (waiting < sends / 2) faults.push(`only ${waiting} callbacks waited: nothing was shown`);
  if (connections.idleInTransaction > 0) faults.push("a transaction was left open");
  // Two pools, upkeep, LISTEN.
  if (connections.most > 2 * pool + 2) faults.push(`${connections.most} connections`);
  return { figures, faults };
}

const Callback = v.object({ id: v.string() });

async function measure({ sandbox }: System, { client }: ChaosService, seconds: number): Promise<Measured> {
  const ids = new Set<string>();
  const acceptMs = await paced(
    async () => {
      ids.add(idIn(await client.sendSms("measured")));
    },
    { perSecond, seconds },
  );
  const called = new Map<string, Date>();
  await until(
    () => {
      for (const { to, body, receivedAt } of sandbox.messages("callback")) {
        if (to !== "/callback/healthy") continue;
        const { id } = v.parse(Callback, JSON.parse(body));
        if (ids.has(id)) called.set(id, receivedAt);
      }
      return called.size === ids.size;
    },
    { what: () => `All is called back (${called.size} of ${ids.size})`, timeoutMs: 60_000 },
  );
  const callbackMs = sandbox.messages("sms").flatMap(({ reference, receivedAt }) => {
    const at = called.get(reference ?? "");
    return at ? [at.getTime() - receivedAt.getTime()] : [];
  });
  return { acceptMs, callbackMs: callbackMs.sort((a, b) => a - b) };
}

async function sendMany({ client }: ChaosService, sends: number): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      while (next++ < sends) idIn(await client.sendSms("dead"));
    }),
  );
}

/** Looks at the connections of API and worker until it is stopped. */
export function watchConnections({ sql }: System) {
  const seen = { most: 0, active: 0, fewestActive: Number.POSITIVE_INFINITY, idleInTransaction: 0 };
  let stopping = false;
  const look = async () => {
    while (!stopping) {
      const [row] = await sql<{ all: number; active: number; idle: number }[]>`
        select count(*)::int as all, count(*) filter (where state = 'active')::int as active,
          count(*) filter (where state like 'idle in transaction%'
            and state_change < now() - interval '1 second')::int as idle
        from pg_stat_activity where datname = current_database() and application_name like 'pillarbox%'`;
      seen.most = Math.max(seen.most, row?.all ?? 0);
      seen.active = Math.max(seen.active, row?.active ?? 0);
      seen.fewestActive = Math.min(seen.fewestActive, row?.active ?? 0);
      seen.idleInTransaction = Math.max(seen.idleInTransaction, row?.idle ?? 0);
      await Bun.sleep(100);
    }
  };
  const looking = look();
  return {
    async stop() {
      stopping = true;
      await looking;
      return seen;
    },
  };
}

import type { Network } from "../../shared/broadcast/broadcast.ts";
import { networks } from "../../shared/broadcast/broadcast.ts";
import { cancelAsOperator, changeStatus } from "../../shared/broadcast/change-status.ts";
import { isUnreachable } from "../../shared/database.ts";
import { createCipher } from "../../shared/encryption.ts";
import type { Log } from "../../shared/log.ts";
import { cbcFunctions } from "../sandbox/cbc/functions.ts";
import { addBroadcastService, type BroadcastPlace, storeBroadcast } from "../support/broadcasts.ts";
import { accountFor, readMessages, type SentMessage } from "./broadcasts-ledger.ts";
import { type OwnPostgres, openPostgres } from "./own-postgres.ts";
import { pick, seeded } from "./random.ts";
import type { Outcome, Scenario, ScenarioOptions } from "./scenario.ts";
import { openSystem, type System } from "./system.ts";
import { until } from "./until.ts";

export const broadcasts: Scenario = {
  describe: "workers and Postgres are killed in a storm of emergency alerts and cancels to faulty networks",
  sends: 300,
  unit: "broadcasts",
  async run(options) {
    await using postgres = await openPostgres();
    await using system = await openSystem({ databaseUrl: postgres.url, workers: 2, env: broadcastSettings });
    const kills = Math.max(3, Math.round(options.sends / 30));
    return await killInBroadcasts(system, { ...options, kills, postgres, shortLived: 0.1 });
  },
};

/** A network that hangs holds up little. */
export const broadcastSettings = {
  CBC_PROXY_ENABLED: "true",
  CBC_PROXY_TIMEOUT_MS: "1000",
  LOG_LEVEL: "error",
};

const together = 8;
/** Ways in which a network's proxy fails for now; delays stay below the time-out, or the answer would be lost too. */
const faultKinds = [
  { status: 500 },
  { status: 429, delay_ms: 200 },
  { headers: { "x-amz-function-error": "Unhandled" } },
  { delay_ms: 400 },
  { hang: true },
  { reset: true },
  { accept_without_answer: true },
  { accept_without_answer: true, hang: true },
] as const;
/** A dead worker is missed after ten seconds, and its jobs go on some seconds later. */
const settledMs = 180_000;
/** How long an alert lives that is to be over before every network has it. */
const shortLifeMs = 4_000;

interface StormOptions extends ScenarioOptions {
  kills: number;
  /** Killed too, where it is ours. */
  postgres: OwnPostgres | null;
  /** The share of alerts that are over in seconds. */
  shortLived: number;
}

/** Approves and cancels alerts while networks fail and processes are killed, and accounts for every call. */
export async function killInBroadcasts(
  system: System,
  { seed, sends, kills, postgres, shortLived, say }: StormOptions,
): Promise<Outcome> {
  const { sandbox, sql, workers } = system;
  const random = seeded(seed);
  const place = await addBroadcastService(
    sql,
    await createCipher([{ id: "chaos", bytes: new Uint8Array(32).fill(5) }]),
  );
  const plan = Array.from({ length: sends }, () => ({
    isShort: random() < shortLived,
    cancelAfterMs: pick(random, 1_500),
  }));
  const strikes = Array.from({ length: kills }, (_, n) => ({
    before: Math.floor((sends * (n + 0.5)) / kills),
    // Every third, so that workers die before and after.
    isPostgres: postgres !== null && n % 3 === 2,
    victim: n % workers.length,
    delayMs: pick(random, 300),
  }));

  const inFlight = new Set<string>();
  const killed = { worker: 0, postgres: 0 };
  let striking = Promise.resolve();
  const strike = async ({ isPostgres, victim, delayMs }: (typeof strikes)[number]) => {
    await Bun.sleep(delayMs);
    if (isPostgres && postgres) {
      await postgres.stop();
      killed.postgres++;
      await Bun.sleep(1_000);
      await postgres.start();
      return;
    }
    const worker = workers[victim] ?? workers[0];
    await worker.kill();
    killed.worker++;
    for (const id of await insist(() => claimedNow(system))) inFlight.add(id);
    worker.start();
  };

  let next = 0;
  const streamed = performance.now();
  await Promise.all(
    Array.from({ length: together }, async () => {
      for (let n = next++; n < sends; n = next++) {
        for (const due of strikes.filter(({ before }) => before === n))
          striking = striking.then(() => strike(due));
        const provider = cbcFunctions[pick(random, cbcFunctions.length)] ?? "ee-1-proxy";
        const kind = faultKinds[pick(random, faultKinds.length)] ?? faultKinds[0];
        sandbox.setFault({ provider, count: 1 + pick(random, 3), ...kind });
        const { isShort, cancelAfterMs } = plan[n] ?? { isShort: false, cancelAfterMs: 0 };
        const id = await approve(system, place, isShort);
        await Bun.sleep(cancelAfterMs);
        await cancel(system, place, id);
      }
    }),
  );
  await striking;
  sandbox.clearFaults();
  say(
    `${sends} alerts and cancels in ${((performance.now() - streamed) / 1000).toFixed(1)} s, ${killed.worker} workers and ${killed.postgres} times Postgres killed; waiting for the rest`,
  );

  const endedAt = performance.now();
  let messages: SentMessage[] = [];
  const open = () =>
    messages.filter(({ status, finishesAt }) => status === "sending" && finishesAt.getTime() > Date.now());
  const isOver = ({ finishesAt }: SentMessage) => finishesAt.getTime() < Date.now() + 600_000;
  await until(
    async () => {
      await hurryRetries(system);
      messages = await readMessages(sql);
      return open().length === 0;
    },
    { what: () => `Networks have all (${open().length} are open)`, timeoutMs: settledMs, everyMs: 500 },
  ).catch((error: Error) => say(error.message));

  const { figures, faults } = accountFor(sandbox.cbc.list(), messages, { inFlight });
  const missing = messages.filter((message) => message.status !== "returned-ack" && !isOver(message));
  const unfinished = new Set(missing.map(({ provider }): Network => provider));
  if (missing.length > 0)
    faults.push(`${missing.length} messages that ${[...unfinished].join(", ")} did not acknowledge`);
  const expected = sends * 2 * networks.length;
  if (messages.length !== expected) faults.push(`${messages.length} messages stored in place of ${expected}`);
  return {
    figures: {
      broadcasts: sends,
      short_lived: plan.filter(({ isShort }) => isShort).length,
      kills_worker: killed.worker,
      kills_postgres: killed.postgres,
      ...figures,
      seconds_to_recover: (performance.now() - endedAt) / 1000,
    },
    faults,
  };
}

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} };
const changing = { log: quiet, enabled: networks, pagesApprovals: false };

async function approve({ sql }: System, place: BroadcastPlace, isShort: boolean): Promise<string> {
  const finishesAt = new Date(Date.now() + (isShort ? shortLifeMs : 4 * 3_600_000));
  const id = await insist(() => storeBroadcast(sql, place, { finishesAt }));
  const { serviceId, approver: userId } = place;
  const request = { serviceId, id, userId, to: "broadcasting", versionRead: null, at: new Date() } as const;
  const changed = await insist(() => changeStatus(sql, request, changing));
  if (changed.outcome !== "changed" && !isDone(changed))
    throw new Error(`Cannot approve: ${JSON.stringify(changed)}`);
  return id;
}

async function cancel({ sql }: System, { serviceId }: BroadcastPlace, id: string): Promise<void> {
  const changed = await insist(() => cancelAsOperator(sql, { serviceId, id, at: new Date() }, changing));
  if (changed.outcome !== "changed" && !isDone(changed))
    throw new Error(`Cannot cancel: ${JSON.stringify(changed)}`);
}

/** A first try may have come through though its answer did not. */
function isDone(changed: { outcome: string; message?: string }): boolean {
  return /from (broadcasting to broadcasting|cancelled to cancelled)$/.test(changed.message ?? "");
}

/** Through an outage of the database. */
async function insist<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      await Bun.sleep(100);
    }
  }
}

/** Messages that workers are sending, or have sent and not noted; those of the worker that lives are among them. */
async function claimedNow({ sql }: System): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from broadcast_provider_messages where status = 'sending' and claimed_until is not null`;
  return rows.map(({ id }) => id);
}

/** Nobody waits four minutes for the next attempt; what waits for a dead worker's claim waits. */
async function hurryRetries({ sql }: System): Promise<void> {
  await sql`
    update pgboss.job set start_after = now()
    where name = 'send-broadcast-message' and state = 'retry' and start_after > now() + interval '2 seconds'`;
}

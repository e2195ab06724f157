import { PgBoss } from "pg-boss";
import { openDatabase, type Pool } from "../../shared/database.ts";
import { type JobName, queues } from "../../shared/queue/jobs.ts";
import { fetchJobs } from "../../shared/queue/queries.ts";
import { bossDb } from "../../worker/boss.ts";
import { consume } from "../../worker/consume.ts";
import type { Bench } from "./bench.ts";
import { openGround } from "./ground.ts";
import { percentile } from "./http-load.ts";

const queue: JobName = "deliver-sms";
const services = Array.from({ length: 20 }, () => crypto.randomUUID());

/** What the consumer takes from a queue of any depth, and what one service's backlog costs the fetches of others. */
export const queueBench: Bench = {
  describe: "jobs a second with 1 k, 100 k and 1 M waiting, and fetches beside a service at its limit",
  async run({ seconds, say }) {
    await using ground = await openGround();
    const { sql, databaseUrl } = ground;
    // A run of a second is for trying the bench: filling a million jobs takes longer than that.
    const scale = Math.min(1, seconds / 4);
    const rates: number[] = [];
    for (const size of [1_000, 100_000, 1_000_000]) {
      const waiting = Math.max(1_000, size * scale);
      say(`${waiting.toLocaleString("en-GB")} jobs waiting`);
      await sql`truncate pgboss.job`;
      rates.push(await rateAt(waiting, { databaseUrl, sql, seconds }));
    }

    const blocked = 200_000 * scale;
    say(`fetches beside ${blocked.toLocaleString("en-GB")} jobs of a service at its limit`);
    await sql`truncate pgboss.job`;
    const fetches = await fetchTimes(sql, blocked, seconds);
    return {
      jobs_per_s_1k: rates[0] ?? Number.NaN,
      jobs_per_s_100k: rates[1] ?? Number.NaN,
      jobs_per_s_1m: rates[2] ?? Number.NaN,
      spread: Math.max(...rates) / Math.min(...rates),
      fetch_ms_beside_blocked_200k: percentile(fetches, 0.5),
      fetch_p99_ms_beside_blocked_200k: percentile(fetches, 0.99),
    };
  },
};

/** Slices this long are counted apart: their median is not moved by what else the machine did for a moment. */
const sliceMs = 250;

/**
 * Rounds of consuming half of what waits (all, where that is little) and filling up again, until consuming took
 * `seconds`; the median of its slices. Filling is not counted; nothing is vacuumed or analysed but by Postgres itself.
 */
async function rateAt(
  waiting: number,
  { databaseUrl, sql, seconds }: { databaseUrl: string; sql: Pool; seconds: number },
): Promise<number> {
  // As a worker that starts: no plan is remembered from a queue of another size.
  const pool = openDatabase(databaseUrl, { name: "worker", connections: 5, statementTimeoutMs: 30_000 });
  const boss = new PgBoss({ db: bossDb(pool), migrate: false, supervise: false, schedule: false });
  await boss.start();
  const share = waiting <= 1_000 ? waiting : waiting / 2;
  const slices: number[] = [];
  let missing = waiting;
  let tookMs = 0;
  let slice = { done: 0, tookMs: 0 };
  try {
    while (tookMs < seconds * 1000) {
      await fill(sql, services, missing);
      missing = 0;
      while (missing < share && tookMs < seconds * 1000) {
        const startedAt = performance.now();
        const worked = await work(pool, boss, share - missing, sliceMs - slice.tookMs);
        const ms = performance.now() - startedAt;
        missing += worked;
        tookMs += ms;
        slice = { done: slice.done + worked, tookMs: slice.tookMs + ms };
        if (slice.tookMs < sliceMs) continue;
        slices.push((slice.done * 1000) / slice.tookMs);
        slice = { done: 0, tookMs: 0 };
      }
    }
  } finally {
    await boss.stop({ graceful: false, close: false });
    await pool.end({ timeout: 1 });
  }
  return percentile(
    slices.toSorted((a, b) => a - b),
    0.5,
  );
}

/** Consumes until `most` jobs or `ms` are over and what was begun is settled; answers with how many that were. */
async function work(sql: Pool, boss: PgBoss, most: number, ms: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const fail = (facts: object, message: string) => reject(new Error(`${message}: ${Bun.inspect(facts)}`));
  let worked = 0;
  const consumer = consume({
    queue,
    task: async () => {
      worked++;
      if (worked === most) resolve();
    },
    concurrency: queues[queue].concurrency,
    sql,
    boss,
    log: { debug() {}, info() {}, warn: fail, error: fail },
    metrics: { worked() {} },
    pollMs: 1_000,
    heartbeatMs: 5_000,
  });
  const timer = setTimeout(resolve, ms);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    await consumer.stop(30_000);
  }
  return worked;
}

/** How long fetches take that find a few jobs of one service beside the backlog of another, which is at its limit. */
async function fetchTimes(sql: Pool, blocked: number, seconds: number): Promise<number[]> {
  const { perService, concurrency: room } = queues[queue];
  const busy = "00000000-0000-4000-8000-000000000000";
  const other = "ffffffff-ffff-4fff-bfff-ffffffffffff";
  await fill(sql, [busy], blocked);
  await fetchJobs(sql, queue, { room, perService, after: "" });
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end || times.length < 50) {
    await fill(sql, [other], 10);
    const startedAt = performance.now();
    const jobs = await fetchJobs(sql, queue, { room, perService, after: "" });
    times.push(performance.now() - startedAt);
    if (jobs.length !== 10) throw new Error(`A fetch beside the backlog found ${jobs.length} of 10 jobs`);
    const ids = jobs.map(({ id }) => id);
    await sql`update pgboss.job set state = 'completed', completed_on = now()
      where name = ${queue} and id = any(${ids}::uuid[])`;
  }
  return times.sort((a, b) => a - b);
}

/** Jobs as `enqueue_jobs` stores them, of these services in turn. */
async function fill(sql: Pool, groups: readonly string[], count: number): Promise<void> {
  await sql`
    insert into pgboss.job (name, data, group_id, expire_seconds, deletion_seconds, keep_until, retry_limit,
      retry_delay, retry_backoff, policy, dead_letter, heartbeat_seconds)
    select q.name, jsonb_build_object('notificationId', gen_random_uuid()),
      (${groups as string[]}::text[])[1 + n % ${groups.length}::integer], q.expire_seconds, q.deletion_seconds,
      now() + q.retention_seconds * interval '1s', q.retry_limit, q.retry_delay, q.retry_backoff, q.policy,
      q.dead_letter, q.heartbeat_seconds
    from pgboss.queue q, generate_series(1, ${count}::integer) as n where q.name = ${queue}`;
}

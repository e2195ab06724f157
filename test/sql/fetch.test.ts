import { describe, expect, test } from "bun:test";
import type { Pool } from "../../shared/database.ts";
import { enqueue } from "../../shared/queue/enqueue.ts";
import { fetchJobs, giveBack } from "../../shared/queue/queries.ts";
import { bossDb } from "../../worker/boss.ts";
import { openQueueWorld } from "../support/queue.ts";

const data = { notificationId: "11111111-1111-4111-8111-111111111111" };
const [a, b, c] = ["aaaa", "bbbb", "cccc"];

async function wait(sql: Pool, groupId: string, count: number): Promise<void> {
  await enqueue(
    sql,
    Array.from({ length: count }, () => ({ name: "deliver-sms" as const, data, groupId })),
  );
}

describe("fetch_jobs", () => {
  test("leaves the row that pg-boss's fetch() leaves, for a first attempt and for a retry", async () => {
    await using world = await openQueueWorld();
    const { sql, boss } = world;
    const id = crypto.randomUUID();
    await enqueue(sql, [{ name: "deliver-sms", id, data, groupId: a }]);

    for (const round of ["first", "retry"]) {
      const rows = await sql.begin(async (tx) => {
        await boss.fetch("deliver-sms", { batchSize: 1, db: bossDb(tx) });
        const [theirs] = await tx`select * from pgboss.job`;
        await tx`delete from pgboss.job`;
        await tx`insert into pgboss.job select (jsonb_populate_record(null::pgboss.job, ${sql.json({
          ...theirs,
          state: round === "first" ? "created" : "retry",
          started_on: round === "first" ? null : theirs?.started_on,
          heartbeat_on: null,
          retry_count: round === "first" ? 0 : theirs?.retry_count - 1,
        })})).*`;
        await fetchJobs(tx, "deliver-sms", { room: 1, perService: 10, after: "" });
        const [ours] = await tx`select * from pgboss.job`;
        return { theirs, ours };
      });

      expect(rows.theirs?.state).toBe("active");
      expect({ ...rows.ours }).toEqual({ ...rows.theirs });
      await boss.fail("deliver-sms", id);
      await sql`update pgboss.job set start_after = now()`;
    }
  });

  test("gives a service no more than its share, over all workers", async () => {
    await using world = await openQueueWorld();
    await wait(world.sql, a, 100);
    await wait(world.sql, b, 3);

    const first = await fetchJobs(world.sql, "deliver-sms", { room: 50, perService: 10, after: "" });
    const second = await fetchJobs(world.sql, "deliver-sms", { room: 50, perService: 10, after: "" });

    expect(first.filter(({ groupId }) => groupId === a)).toHaveLength(10);
    expect(first.filter(({ groupId }) => groupId === b)).toHaveLength(3);
    expect(second).toEqual([]);
  });

  test("gives two workers that fetch at once no more than one share", async () => {
    await using world = await openQueueWorld();
    await wait(world.sql, a, 200);

    const fetched = await Promise.all(
      Array.from({ length: 20 }, () =>
        fetchJobs(world.sql, "deliver-sms", { room: 20, perService: 25, after: "" }),
      ),
    );

    const ids = fetched.flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeLessThanOrEqual(25);
    expect(ids.length).toBeGreaterThanOrEqual(20);
  });

  test("begins after the service that had the last turn, and comes round to it", async () => {
    await using world = await openQueueWorld();
    for (const group of [a, b, c]) await wait(world.sql, group, 5);
    const take = async (after: string) => {
      const [job] = await fetchJobs(world.sql, "deliver-sms", { room: 1, perService: 10, after });
      return job?.groupId ?? "";
    };

    const turns = [await take(a)];
    while (turns.length < 6) turns.push(await take(turns.at(-1) ?? ""));

    expect(turns).toEqual([b, c, a, b, c, a]);
  });

  test("takes what is due, oldest first, and jobs of no service", async () => {
    await using world = await openQueueWorld();
    const ids = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()] as const;
    const past = (seconds: number) => new Date(Date.now() - seconds * 1000);
    await enqueue(world.sql, [
      { name: "deliver-sms", id: ids[0], data, groupId: a, startAfter: new Date(Date.now() + 60_000) },
      { name: "deliver-sms", id: ids[1], data, groupId: a, startAfter: past(10) },
      { name: "deliver-sms", id: ids[2], data, groupId: a, startAfter: past(20) },
    ]);
    const own = crypto.randomUUID();
    await enqueue(world.sql, [{ name: "deliver-sms", id: own, data }]);

    const one = await fetchJobs(world.sql, "deliver-sms", { room: 2, perService: 10, after: "" });
    const rest = await fetchJobs(world.sql, "deliver-sms", { room: 5, perService: 10, after: "" });

    expect(one.map(({ id }) => id).sort()).toEqual([own, ids[2]].sort());
    expect(rest.map(({ id }) => id)).toEqual([ids[1]]);
  });

  test.each([
    ["of no service", null],
    ["of one service", a],
  ] as const)("reads few jobs %s, however many wait", async (_whose, groupId) => {
    await using world = await openQueueWorld();
    const job = { name: "sms-receipts", data, group_id: groupId };
    await world.sql`
      select enqueue_jobs((select json_agg(${JSON.stringify(job)}::text::json) from generate_series(1, 5000)))`;

    const read = await world.sql.begin(async (tx) => {
      const jobs = await fetchJobs(tx, "sms-receipts", { room: 50, perService: null, after: "" });
      expect(jobs).toHaveLength(50);
      const [row] = await tx<{ tuples: number }[]>`
        select sum(seq_tup_read + idx_tup_fetch)::int as tuples from pg_stat_xact_all_tables
        where schemaname = 'pgboss' and relname like 'job%'`;
      return row?.tuples;
    });

    expect(read).toBeLessThan(500);
  });

  test("a job given back is as it was before it was claimed", async () => {
    await using world = await openQueueWorld();
    await wait(world.sql, a, 1);
    const [before] = await world.sql`select * from pgboss.job`;

    const [job] = await fetchJobs(world.sql, "deliver-sms", { room: 1, perService: 10, after: "" });
    await giveBack(world.sql, "deliver-sms", [job?.id ?? ""]);

    const [after] = await world.sql`select * from pgboss.job`;
    expect({ ...after }).toEqual({ ...before });
  });
});

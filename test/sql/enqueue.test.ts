import { describe, expect, test } from "bun:test";
import { derivedId } from "../../shared/queue/derived-id.ts";
import { enqueue } from "../../shared/queue/enqueue.ts";
import { type JobName, queues } from "../../shared/queue/jobs.ts";
import { bossDb } from "../../worker/boss.ts";
import { openQueueWorld } from "../support/queue.ts";

const notificationId = "11111111-1111-4111-8111-111111111111";

describe("enqueue_jobs", () => {
  test.each(Object.keys(queues) as JobName[])(
    "leaves the row that pg-boss's insert() leaves, column by column, in %s",
    async (name) => {
      await using world = await openQueueWorld();
      const { sql, boss } = world;
      const data = { notificationId } as never;
      const groupId = crypto.randomUUID();

      // One transaction, so that both see one now().
      const rows = await sql.begin(async (tx) => {
        await boss.insert(name, [{ data, group: { id: groupId } }], { db: bossDb(tx) });
        const [theirs] = await tx`delete from pgboss.job returning *`;
        await enqueue(tx, [{ name, data, groupId }]);
        const [ours] = await tx`delete from pgboss.job returning *`;
        return { theirs, ours };
      });

      expect(rows.theirs).toBeDefined();
      expect({ ...rows.ours, id: null }).toEqual({ ...rows.theirs, id: null });
    },
  );

  test("leaves the row that pg-boss's insert() leaves for a delayed job", async () => {
    await using world = await openQueueWorld();
    const { sql, boss } = world;
    const startAfter = new Date("2030-01-02T03:04:05Z");
    const id = crypto.randomUUID();
    const data = { notificationId };

    const rows = await sql.begin(async (tx) => {
      await boss.insert("deliver-sms", [{ id, data, startAfter }], { db: bossDb(tx) });
      const [theirs] = await tx`delete from pgboss.job returning *`;
      await enqueue(tx, [{ name: "deliver-sms", id, data, startAfter }]);
      const [ours] = await tx`delete from pgboss.job returning *`;
      return { theirs, ours };
    });

    expect(rows.ours).toEqual({ ...rows.theirs });
  });

  test("leaves the row that pg-boss's insert() leaves for a job that is there once", async () => {
    await using world = await openQueueWorld();
    const { sql, boss } = world;
    const id = crypto.randomUUID();
    const data = { eventId: notificationId, provider: "ee" } as const;
    const singletonKey = "a key";

    const rows = await sql.begin(async (tx) => {
      await boss.insert("send-broadcast-message", [{ id, data, singletonKey }], { db: bossDb(tx) });
      const [theirs] = await tx`delete from pgboss.job returning *`;
      await enqueue(tx, [{ name: "send-broadcast-message", id, data, singletonKey }]);
      const [ours] = await tx`delete from pgboss.job returning *`;
      return { theirs, ours };
    });

    expect(rows.ours).toEqual({ ...rows.theirs });
    expect(rows.ours).toMatchObject({ policy: "exclusive", singleton_key: singletonKey });
  });

  test("makes one job of one key until it has ended, in an exclusive queue", async () => {
    await using world = await openQueueWorld();
    const { sql } = world;
    const add = async () => {
      const data = { eventId: notificationId, provider: "ee" } as const;
      await enqueue(sql, [{ name: "send-broadcast-message", data, singletonKey: "a key" }]);
      const [row] = await sql<{ count: number }[]>`select count(*)::int from pgboss.job`;
      return row?.count;
    };
    await add();

    const counts: unknown[] = [];
    for (const state of ["created", "active", "retry", "completed"]) {
      await sql`update pgboss.job set state = ${state}::pgboss.job_state`;
      counts.push(await add());
    }

    expect(counts).toEqual([1, 1, 1, 2]);
  });

  test("refuses a queue that does not exist", async () => {
    await using world = await openQueueWorld();

    const stored = enqueue(world.sql, [{ name: "no-such-queue" as JobName, data: {} as never }]);

    await expect(stored.then(() => "stored")).rejects.toThrow("retry_limit");
  });

  test("makes one job of one id, however often it is asked for", async () => {
    await using world = await openQueueWorld();
    const id = await derivedId("a task at its time");

    for (let time = 0; time < 3; time++) {
      await enqueue(world.sql, [
        { name: "maintenance", id, data: { task: "t", dueAt: "2026-01-01T00:00:00Z" } },
      ]);
    }

    expect(await world.sql`select id from pgboss.job`).toHaveLength(1);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test("shares the fate of its transaction", async () => {
    await using world = await openQueueWorld();

    const rolledBack = world.sql.begin(async (tx) => {
      await enqueue(tx, [{ name: "deliver-sms", data: { notificationId } }]);
      throw new Error("undone");
    });

    await expect(rolledBack.then(() => "committed")).rejects.toThrow("undone");
    expect(await world.sql`select id from pgboss.job`).toHaveLength(0);
  });
});

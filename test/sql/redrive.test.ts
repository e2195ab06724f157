import { describe, expect, test } from "bun:test";
import type { Pool } from "../../shared/database.ts";
import { enqueue } from "../../shared/queue/enqueue.ts";
import { redriveDeadLetters } from "../../shared/queue/redrive.ts";
import { bossDb } from "../../worker/boss.ts";
import { openQueueWorld, type QueueWorld } from "../support/queue.ts";

/** A job that used up its attempts, as pg-boss leaves it. */
async function die({ sql, boss }: QueueWorld, name: "maintenance" | "send-broadcast-message", key: string) {
  if (name === "maintenance") {
    await enqueue(sql, [{ name, groupId: key, data: { task: key, dueAt: "2026-08-01T00:00:00Z" } }]);
  } else {
    await enqueue(sql, [{ name, singletonKey: key, data: { eventId: crypto.randomUUID(), provider: "ee" } }]);
  }
  await sql`update pgboss.job set retry_limit = 0, dead_letter = 'dead-letters' where name = ${name} and state = 'created'`;
  const [job] = await boss.fetch(name, { batchSize: 1 });
  await boss.fail(name, job?.id ?? "", new Error("broken"));
  const [letter] = await sql<{ id: string }[]>`
    select id from pgboss.job where name = 'dead-letters' order by created_on desc, id limit 1`;
  return letter?.id ?? "";
}

const waiting = async (sql: Pool) =>
  (await sql`select name from pgboss.job where state < 'active' order by name`).map(({ name }) => name);

describe("redriveDeadLetters", () => {
  test.each(["maintenance", "send-broadcast-message"] as const)(
    "leaves the row that pg-boss's redrive() leaves, column by column, in %s",
    async (name) => {
      await using world = await openQueueWorld();
      const { sql, boss } = world;
      const id = await die(world, name, "a key");
      const [dead] = await sql`select * from pgboss.job where id = ${id}`;

      // One transaction, so that both see one now(); the dead letter is put back between them.
      const rows = await sql.begin(async (tx) => {
        await tx`create temporary table kept on commit drop as select * from pgboss.job where id = ${id}`;
        await boss.redrive("dead-letters", { ids: [id], db: bossDb(tx) });
        const [theirs] =
          await tx`delete from pgboss.job where name = ${name} and state = 'created' returning *`;
        await tx`insert into pgboss.job select * from kept`;
        // It begins a transaction of its own, which here is a part of this one.
        const nested = { begin: (work: (db: typeof tx) => unknown) => tx.savepoint(work) };
        await redriveDeadLetters(nested as never, { id });
        const [ours] =
          await tx`delete from pgboss.job where name = ${name} and state = 'created' returning *`;
        return { theirs, ours };
      });

      expect(dead).toBeDefined();
      expect(rows.theirs).toMatchObject({ retry_count: 0, source_root_id: dead?.source_root_id });
      expect({ ...rows.ours, id: null }).toEqual({ ...rows.theirs, id: null });
    },
  );

  test("leaves one where it is whose key an unfinished job has, and moves those behind it", async () => {
    await using world = await openQueueWorld();
    const { sql } = world;
    await die(world, "send-broadcast-message", "taken");
    await die(world, "send-broadcast-message", "free");
    await enqueue(sql, [
      {
        name: "send-broadcast-message",
        singletonKey: "taken",
        data: { eventId: crypto.randomUUID(), provider: "ee" },
      },
    ]);

    expect(await redriveDeadLetters(sql, { queue: "send-broadcast-message" })).toBe(1);

    expect(await waiting(sql)).toEqual(["dead-letters", "send-broadcast-message", "send-broadcast-message"]);
  });

  test("moves each of thousands once, though several ask at the same time", async () => {
    await using world = await openQueueWorld();
    const { sql } = world;
    const id = await die(world, "maintenance", "many");
    await sql`
      insert into pgboss.job (id, name, data, source_name, source_id, created_on)
      select gen_random_uuid(), name, data, source_name, source_id, created_on
      from pgboss.job, generate_series(1, 2500) where id = ${id}`;

    const moved = await Promise.all([1, 2, 3].map(() => redriveDeadLetters(sql, { queue: "maintenance" })));

    const again = await redriveDeadLetters(sql, { queue: "maintenance" });
    expect(moved.reduce((sum, one) => sum + one, again)).toBe(2501);
    expect(new Set(await waiting(sql))).toEqual(new Set(["maintenance"]));
  });
});

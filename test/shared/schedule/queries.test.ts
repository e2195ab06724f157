import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { openDatabase } from "../../../shared/database.ts";
import {
  deleteOldRuns,
  fireSchedule,
  lastDue,
  markRunFinished,
  markRunStarted,
} from "../../../shared/schedule/queries.ts";
import { openQueueWorld, type QueueWorld } from "../../support/queue.ts";

let world: QueueWorld;

beforeAll(async () => {
  world = await openQueueWorld();
});

beforeEach(async () => {
  await world.sql`delete from task_runs`;
  await world.sql`delete from pgboss.job where name = 'maintenance'`;
});

afterAll(() => world[Symbol.asyncDispose]());

const task = "task";
const due = new Date("2026-08-05T00:05:00Z");
const dueAt = due.toISOString();

async function jobs() {
  const rows = await world.sql<{ id: string; data: unknown }[]>`
    select id, data from pgboss.job where name = 'maintenance' order by data->>'dueAt'`;
  return [...rows];
}

describe("fireSchedule", () => {
  test("makes one job of a time, and a row for it, though many workers fire at once", async () => {
    const pools = Array.from({ length: 4 }, () =>
      openDatabase(world.url, { name: "other", connections: 3, statementTimeoutMs: 5000 }),
    );

    await Promise.all([...pools, ...pools, ...pools].map((sql) => fireSchedule(sql, task, due)));

    expect((await jobs()).map(({ data }) => data)).toEqual([{ task, dueAt }]);
    expect([...(await world.sql`select task, due_at, started_at, outcome from task_runs`)]).toEqual([
      { task, due_at: due, started_at: null, outcome: null },
    ]);
    await Promise.all(pools.map((sql) => sql.end({ timeout: 1 })));
  });

  test("makes no second job of a time whose first was done, even when it was deleted", async () => {
    await fireSchedule(world.sql, task, due);
    await world.sql`delete from pgboss.job where name = 'maintenance'`;

    await fireSchedule(world.sql, task, due);

    expect(await jobs()).toHaveLength(0);
  });

  test("gives a time's job the same id wherever it is made", async () => {
    await fireSchedule(world.sql, task, due);
    const [first] = await jobs();
    await world.sql`delete from task_runs`;

    await fireSchedule(world.sql, task, due);

    expect((await jobs()).map(({ id }) => id)).toEqual([first?.id ?? ""]);
  });

  test("tells apart tasks and times", async () => {
    const next = new Date("2026-08-06T00:05:00Z");

    await fireSchedule(world.sql, task, due);
    await fireSchedule(world.sql, task, next);
    await fireSchedule(world.sql, "other", due);

    expect(await jobs()).toHaveLength(3);
    expect(await lastDue(world.sql, task)).toEqual(next);
    expect(await lastDue(world.sql, "other")).toEqual(due);
    expect(await lastDue(world.sql, "never")).toBeNull();
  });

  test("records no time whose job cannot be made", async () => {
    await world.sql`update pgboss.queue set name = 'elsewhere' where name = 'maintenance'`;

    const outcome = await fireSchedule(world.sql, task, due).then(
      () => "made",
      () => "failed",
    );
    await world.sql`update pgboss.queue set name = 'maintenance' where name = 'elsewhere'`;

    expect(outcome).toBe("failed");
    expect(await lastDue(world.sql, task)).toBeNull();
  });
});

test("a run records when it began and ended, and how", async () => {
  await fireSchedule(world.sql, task, due);

  await markRunStarted(world.sql, task, dueAt);
  await markRunFinished(world.sql, task, dueAt, { outcome: "failed", detail: "no" });
  await markRunStarted(world.sql, task, dueAt);
  await markRunFinished(world.sql, task, dueAt, { outcome: "done", detail: "yes" });

  const [run] = await world.sql`select *, finished_at >= started_at as ordered from task_runs`;
  expect(run).toMatchObject({ task, due_at: due, outcome: "done", detail: "yes", ordered: true });
});

test("old runs are deleted, and only those", async () => {
  for (const days of [89, 91, 500]) {
    await fireSchedule(world.sql, task, new Date(Date.now() - days * 86_400_000));
  }

  expect(await deleteOldRuns(world.sql, 90)).toBe(2);
  expect(await world.sql`select from task_runs`).toHaveLength(1);
});

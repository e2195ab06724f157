import { expect, test } from "bun:test";
import { queues } from "../../shared/queue/jobs.ts";
import { createTasks } from "../../worker/tasks.ts";
import { openWorld } from "../support/world.ts";

test("every queue has a task and every task a queue, but for those where jobs only wait", async () => {
  await using world = await openWorld({ worker: false });

  const tasks = Object.keys(createTasks(world.deps));
  const [row] = await world.sql<
    { names: string[] }[]
  >`select array_agg(name order by name) as names from pgboss.queue`;

  expect([...tasks, "dead-letters", "service-callbacks-parked"].sort()).toEqual(Object.keys(queues).sort());
  expect(row?.names).toEqual(Object.keys(queues).sort());
});

import { expect, test } from "bun:test";
import { callbackBodyOf } from "../../shared/callback/job.ts";
import { setCallback } from "../../shared/callback/queries.ts";
import { tendAt } from "../../shared/callback/tend.ts";
import { enqueue, wakeChannel } from "../../shared/queue/enqueue.ts";
import { until } from "../support/until.ts";
import { openWorld, type World } from "../support/world.ts";

/** A service that is told at a path of its own, and what it is told. */
async function openReceiver(world: World, name: string) {
  const { id: serviceId } = await world.addService(name);
  const path = `/callback/${serviceId}`;
  const type = "delivery_status";
  const url = `${world.sandbox.url}${path}`;
  await setCallback(world.sql, world.cipher, { serviceId, type, url, bearerToken: "0123456789" });
  return {
    path,
    calls: () => world.sandbox.messages("callback").filter(({ to }) => to === path).length,
    async happens(count: number): Promise<void> {
      const jobs = Array.from({ length: count }, async () => {
        const subjectId = crypto.randomUUID();
        const body = await world.cipher.encrypt("{}", callbackBodyOf(subjectId));
        const data = { v: 1 as const, type, serviceId, subjectId, attempt: 1, body } as const;
        return { name: "service-callbacks" as const, data, groupId: serviceId };
      });
      await enqueue(world.sql, await Promise.all(jobs));
    },
    delivered: async () => {
      const rows = await world.sql`
        select distinct subject_id from callback_attempts where service_id = ${serviceId} and outcome = 'delivered'`;
      return rows.length;
    },
    parked: async () => {
      const rows = await world.sql`
        select from pgboss.job where name = 'service-callbacks-parked' and data->>'serviceId' = ${serviceId}`;
      return rows.length;
    },
  };
}

test("a receiver that hangs is spared by all workers, disturbs no other, and is told everything once it answers", async () => {
  const env = {
    CALLBACK_TIMEOUT_MS: "1000",
    CALLBACK_RETRY: "1,1,1,1,1,1,1",
    WORKER_PER_SERVICE: "service-callbacks=6",
  };
  await using world = await openWorld({ env });
  await world.startWorker();
  const [dead, alive] = [await openReceiver(world, "Dead"), await openReceiver(world, "Alive")];
  world.sandbox.setFault({ provider: "callback", path: dead.path, hang: true });

  await dead.happens(300);
  await alive.happens(100);
  await until(async () => (await alive.delivered()) === 100, "the other service is told everything");
  await until(async () => (await dead.parked()) > 250, "the dead one's callbacks are parked");
  const called = dead.calls();
  await alive.happens(100);
  await until(async () => (await alive.delivered()) === 200, "the other service is told more");

  // Nine at most that were under way, and what a second of the cache and of gathering let through.
  expect(called).toBeLessThan(120);

  world.sandbox.setFault({ provider: "callback", path: dead.path, status: 200 });
  await world.sql`update callback_breakers set probe_at = now()`;
  await tendAt(world.sql, new Date());
  await until(async () => {
    await world.sql.notify(wakeChannel, "maintenance");
    return (await dead.delivered()) === 300;
  }, "it is told everything");
  expect(await dead.parked()).toBe(0);
}, 120_000);

import { describe, expect, test } from "bun:test";
import type { Log } from "../../shared/log.ts";
import { enqueue } from "../../shared/queue/enqueue.ts";
import type { JobName } from "../../shared/queue/jobs.ts";
import { type Consumer, consume, RetryIn, type Task } from "../../worker/consume.ts";
import { createListLog } from "../support/list-log.ts";
import { openQueueWorld, type QueueWorld } from "../support/queue.ts";

const notificationId = "11111111-1111-4111-8111-111111111111";
const group = "aaaa";
/** Longer than any test: what is not woken is not worked. */
const pollMs = 60_000;

function start(
  world: QueueWorld,
  task: Task,
  over: { queue?: JobName; concurrency?: number; log?: Log } = {},
): Consumer {
  return consume({
    queue: "deliver-sms",
    task,
    concurrency: 4,
    sql: world.sql,
    boss: world.boss,
    log: createListLog().log,
    metrics: { worked() {} },
    pollMs,
    heartbeatMs: 60_000,
    ...over,
  });
}

async function add(world: QueueWorld, count: number, queue: JobName = "deliver-sms"): Promise<void> {
  const job = { name: queue, data: { notificationId } as never, groupId: group };
  await enqueue(
    world.sql,
    Array.from({ length: count }, () => job),
  );
}

async function states(world: QueueWorld): Promise<Record<string, number>> {
  const rows = await world.sql<{ state: string; count: number }[]>`
    select name || ' ' || state as state, count(*)::int as count from pgboss.job group by 1`;
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}

describe("consume", () => {
  test("works every waiting job and completes it", async () => {
    await using world = await openQueueWorld();
    await add(world, 30);
    const done = Promise.withResolvers<void>();
    let worked = 0;

    const consumer = start(world, async () => {
      if (++worked === 30) done.resolve();
    });
    await done.promise;
    await consumer.stop(5000);

    expect(await states(world)).toEqual({ "deliver-sms completed": 30 });
  });

  test("runs no more at once than its concurrency, and settles each job alone", async () => {
    await using world = await openQueueWorld();
    await add(world, 12);
    const slow = Promise.withResolvers<void>();
    const rest = Promise.withResolvers<void>();
    let running = 0;
    let most = 0;
    let finished = 0;

    const consumer = start(world, async () => {
      most = Math.max(most, ++running);
      if (finished === 0 && running === 1) await slow.promise;
      running--;
      if (++finished === 11) rest.resolve();
    });
    // Eleven go through while the first one hangs.
    await rest.promise;
    slow.resolve();
    await consumer.stop(5000);

    expect(most).toBeLessThanOrEqual(4);
    expect(await states(world)).toEqual({ "deliver-sms completed": 12 });
  });

  test("takes a job that is stored while it waits, when it is woken", async () => {
    await using world = await openQueueWorld();
    const done = Promise.withResolvers<void>();
    const consumer = start(world, async () => done.resolve());

    await add(world, 1);
    consumer.wake();
    await done.promise;
    await consumer.stop(5000);

    expect(await states(world)).toEqual({ "deliver-sms completed": 1 });
  });

  test("a task that throws is tried again: at once the first time, then after the queue's delay", async () => {
    await using world = await openQueueWorld();
    await add(world, 1);
    const attempts: number[] = [];
    const second = Promise.withResolvers<void>();

    const consumer = start(world, async (_payload, _signal, { attempt }) => {
      attempts.push(attempt);
      if (attempt === 2) second.resolve();
      throw new Error("the provider is down");
    });
    consumer.wake();
    while (attempts.length < 2) {
      await Promise.race([second.promise, Bun.sleep(20)]);
      consumer.wake();
    }
    await consumer.stop(5000);

    expect(attempts).toEqual([1, 2]);
    const [job] = await world.sql`
      select state, retry_count, output, extract(epoch from start_after - now())::int as delay from pgboss.job`;
    expect(job).toMatchObject({
      state: "retry",
      retry_count: 1,
      output: { message: "the provider is down" },
    });
    expect(job?.delay).toBeGreaterThan(290);
  });

  test("a task that asks for another attempt in a second gets it then, not with the next look at the queue", async () => {
    await using world = await openQueueWorld();
    await add(world, 1);
    const times: number[] = [];
    const second = Promise.withResolvers<void>();

    const consumer = start(world, async () => {
      times.push(Date.now());
      if (times.length === 1) throw new RetryIn(1, "not yet");
      second.resolve();
    });
    await second.promise;
    await consumer.stop(5000);

    const [first = 0, again = 0] = times;
    expect(again - first).toBeGreaterThanOrEqual(1000);
    expect(again - first).toBeLessThan(pollMs / 2);
    expect(await states(world)).toEqual({ "deliver-sms completed": 1 });
  });

  test("a job out of retries moves to the dead letter queue of its own", async () => {
    await using world = await openQueueWorld();
    await add(world, 1);
    await world.sql`update pgboss.job set retry_limit = 0`;
    const done = Promise.withResolvers<void>();

    const consumer = start(world, async () => {
      done.resolve();
      throw new Error("no");
    });
    await done.promise;
    await consumer.stop(5000);

    expect(await states(world)).toEqual({ "deliver-sms failed": 1, "delivery-exhausted created": 1 });
  });

  test("a payload that is not the queue's is never worked", async () => {
    await using world = await openQueueWorld();
    await enqueue(world.sql, [{ name: "deliver-sms", data: { notificationId: "x" } }]);
    await world.sql`update pgboss.job set retry_limit = 0`;
    let worked = 0;

    const consumer = start(world, async () => {
      worked++;
    });
    while ((await states(world))["deliver-sms failed"] !== 1) await Bun.sleep(5);
    await consumer.stop(5000);

    expect(worked).toBe(0);
  });

  test("a payload nobody can read is tried again for a while, then lies in the dead letters as it is", async () => {
    await using world = await openQueueWorld();
    const { log, lines } = createListLog();
    const data = { notificationId: "07700900123" };
    // Its retries wait, so that stopping finds none under way.
    await enqueue(world.sql, [
      { name: "deliver-email", data },
      { name: "deliver-email", data: { other: 1 } as never },
    ]);
    await world.sql`update pgboss.job set retry_count = 4, started_on = now() where data ? 'notificationId'`;

    const consumer = start(world, async () => {}, { queue: "deliver-email", log });
    while ((await states(world))["dead-letters created"] !== 1) await Bun.sleep(5);
    await consumer.stop(5000);

    expect(await states(world)).toEqual({
      "deliver-email failed": 1,
      "deliver-email retry": 1,
      "dead-letters created": 1,
    });
    const [letter] = await world.sql`
      select data, source_name, source_output->>'message' as reason from pgboss.job where name = 'dead-letters'`;
    expect(letter).toEqual({
      data,
      source_name: "deliver-email",
      reason: "Cannot read the job's payload: notificationId",
    });
    expect(lines.filter(({ level }) => level === "error")).toMatchObject([
      { facts: { queue: "deliver-email" }, message: "Jobs went to the dead letters" },
    ]);
    expect(lines.map(({ facts }) => `${JSON.stringify(facts)}${facts.err}`).join()).not.toContain(
      "07700900123",
    );
  });

  test("stopping waits for what runs, and gives back what does not end in time", async () => {
    await using world = await openQueueWorld();
    await add(world, 2);
    const both = Promise.withResolvers<void>();
    let begun = 0;
    let aborted = false;

    const consumer = start(world, async (_payload, signal) => {
      const mine = ++begun;
      if (begun === 2) both.resolve();
      if (mine === 1) return;
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      aborted = true;
    });
    await both.promise;
    await consumer.stop(50);

    expect(aborted).toBe(true);
    expect(await states(world)).toEqual({ "deliver-sms completed": 1, "deliver-sms created": 1 });
  });

  test("a service at its limit leaves slots to another", async () => {
    await using world = await openQueueWorld();
    await add(world, 30, "service-callbacks");
    const hang = Promise.withResolvers<void>();
    const served = Promise.withResolvers<void>();
    const body = {
      v: 1,
      type: "delivery_status",
      serviceId: notificationId,
      subjectId: notificationId,
      attempt: 1,
      body: "",
    };
    await world.sql`update pgboss.job set data = ${world.sql.json(body)}`;
    await enqueue(world.sql, [
      {
        name: "service-callbacks",
        data: { ...body, v: 1, type: "delivery_status", body: "other" },
        groupId: "bbbb",
      },
    ]);
    let hanging = 0;
    const task = async (payload: { body: string }) => {
      if (payload.body === "other") {
        served.resolve();
        return;
      }
      hanging++;
      await hang.promise;
    };

    const consumer = start(world, task as Task, { queue: "service-callbacks", concurrency: 20 });
    await served.promise;

    expect(hanging).toBeLessThanOrEqual(10);
    hang.resolve();
    await consumer.stop(5000);
  });
});

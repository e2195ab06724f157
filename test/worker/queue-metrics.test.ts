import { describe, expect, test } from "bun:test";
import { Registry } from "prom-client";
import { enqueue } from "../../shared/queue/enqueue.ts";
import { queues } from "../../shared/queue/jobs.ts";
import { listQueueLevels, type QueueLevel } from "../../shared/queue/status.ts";
import { showQueues } from "../../worker/queue-metrics.ts";
import { createListLog } from "../support/list-log.ts";
import { openQueueWorld } from "../support/queue.ts";

const job = { name: "maintenance", data: { task: "none", dueAt: "" } } as const;

function open(read: () => Promise<QueueLevel[]>) {
  const registry = new Registry();
  const { log, lines } = createListLog();
  showQueues(registry, { read, log });
  return { scrape: () => registry.metrics(), lines };
}

describe("gauges of queues", () => {
  test("tell what waits, what is due and since when", async () => {
    await using world = await openQueueWorld();
    const { sql } = world;
    const callback = {
      v: 1,
      type: "delivery_status",
      serviceId: crypto.randomUUID(),
      subjectId: crypto.randomUUID(),
      attempt: 1,
      body: "",
    } as const;
    await enqueue(sql, [
      { ...job, startAfter: new Date(Date.now() - 90_000) },
      job,
      { ...job, startAfter: new Date(Date.now() + 60_000) },
      { name: "service-callbacks", data: callback },
      { name: "service-callbacks-retry", data: callback, startAfter: new Date(Date.now() + 60_000) },
    ]);
    await sql`select * from fetch_jobs('maintenance', 0, null, '')`;

    const text = await open(() => listQueueLevels(sql)).scrape();

    expect(text).toContain('pillarbox_queue_waiting{queue="maintenance"} 3\n');
    expect(text).toContain('pillarbox_queue_due{queue="maintenance"} 2\n');
    expect(text).toContain('pillarbox_queue_due{queue="service-callbacks-retry"} 0\n');
    expect(text).toContain('pillarbox_queue_oldest_due_seconds{queue="deliver-sms"} 0\n');
    expect(text).toMatch(/oldest_due_seconds\{queue="maintenance"\} (9\d|1\d\d)(\.\d+)?\n/);
    expect(text).toContain("pillarbox_callbacks_waiting 2\n");
    for (const queue of Object.keys(queues)) expect(text).toContain(`queue_waiting{queue="${queue}"}`);
  });

  test("are looked up once, however often and by however many they are asked for", async () => {
    let reads = 0;
    const { scrape } = open(async () => {
      reads++;
      return [{ queue: "deliver-sms", waiting: 1, due: 1, oldestDueSeconds: 2 }];
    });

    await Promise.all([scrape(), scrape()]);
    await scrape();

    expect(reads).toBe(1);
  });

  test("are left out while the database does not answer, and the rest is told", async () => {
    const { scrape, lines } = open(() => Promise.reject(new Error("gone")));

    const text = await scrape();

    expect(text).toContain("# TYPE pillarbox_queue_waiting gauge");
    expect(text).not.toMatch(/^pillarbox_(queue|callbacks)_/m);
    expect(lines).toHaveLength(1);
  });
});

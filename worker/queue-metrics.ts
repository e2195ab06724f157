import { Gauge, type Registry } from "prom-client";
import { createCache } from "../shared/cache.ts";
import { inTime } from "../shared/group.ts";
import type { Log } from "../shared/log.ts";
import type { QueueLevel } from "../shared/queue/status.ts";

/** How old what is shown may be, however many look. */
const freshMs = 5_000;
/** Who looks does not wait longer for the database. */
const patienceMs = 3_000;

/**
 * Shows what waits in the queues, all workers' together. Read when somebody looks; while it cannot be read nothing of
 * it is shown, which Prometheus tells from nothing waiting.
 */
export function showQueues(
  registry: Registry,
  { read, log }: { read: () => Promise<QueueLevel[]>; log: Log },
): void {
  const levels = createCache(
    () =>
      inTime(read(), patienceMs).catch((error): QueueLevel[] => {
        log.warn({ err: error }, "Cannot read the queues for metrics");
        return [];
      }),
    { ttlMs: freshMs, largest: 1 },
  );

  const show = (name: string, help: string, figureOf: (level: QueueLevel) => number) =>
    new Gauge({
      name: `pillarbox_queue_${name}`,
      help,
      labelNames: ["queue"],
      registers: [registry],
      async collect() {
        this.reset();
        for (const level of await levels("all")) this.set({ queue: level.queue }, figureOf(level));
      },
    });

  show("waiting", "Jobs that have not begun, or are to be tried again", ({ waiting }) => waiting);
  show("due", "Of those, the jobs that a worker may take now", ({ due }) => due);
  show(
    "oldest_due_seconds",
    "For how long the oldest of those has been due",
    ({ oldestDueSeconds }) => oldestDueSeconds,
  );
  new Gauge({
    name: "pillarbox_callbacks_waiting",
    help: "Callbacks that services have yet to be told of, first attempts and retries, also for receivers that are spared",
    registers: [registry],
    async collect() {
      const callbacks = (await levels("all")).filter(({ queue }) => queue.startsWith("service-callbacks"));
      this.remove();
      if (callbacks.length > 0) this.set(callbacks.reduce((sum, { waiting }) => sum + waiting, 0));
    },
  });
}

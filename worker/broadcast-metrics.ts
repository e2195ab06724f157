import { Gauge, type Registry } from "prom-client";
import type { NetworkFigures } from "../shared/broadcast/figures.ts";
import { createCache } from "../shared/cache.ts";
import { inTime } from "../shared/group.ts";
import type { Log } from "../shared/log.ts";

/** How old what is shown may be, however many look. */
const freshMs = 5_000;
/** Who looks does not wait longer for the database. */
const patienceMs = 3_000;

/**
 * Shows how mobile networks do with emergency alerts, all workers' together. Read when somebody looks; while it cannot be
 * read nothing of it is shown.
 */
export function showBroadcasts(
  registry: Registry,
  { read, log }: { read: () => Promise<NetworkFigures[]>; log: Log },
): void {
  const figures = createCache(
    () =>
      inTime(read(), patienceMs).catch((error): NetworkFigures[] => {
        log.warn({ err: error }, "Cannot read emergency alerts for metrics");
        return [];
      }),
    { ttlMs: freshMs, largest: 1 },
  );

  new Gauge({
    name: "pillarbox_broadcast_messages",
    help: "Messages of emergency alerts to a mobile network so far, by status",
    labelNames: ["provider", "status"],
    registers: [registry],
    async collect() {
      this.reset();
      for (const { provider, messages } of await figures("all")) {
        for (const [status, count] of Object.entries(messages)) this.set({ provider, status }, count);
      }
    },
  });
  new Gauge({
    name: "pillarbox_broadcast_last_success_seconds",
    help: "Since a mobile network last acknowledged a message of an emergency alert or a link test",
    labelNames: ["provider"],
    registers: [registry],
    async collect() {
      this.reset();
      for (const { provider, lastSuccessSecondsAgo } of await figures("all")) {
        if (lastSuccessSecondsAgo !== null) this.set({ provider }, lastSuccessSecondsAgo);
      }
    },
  });
}

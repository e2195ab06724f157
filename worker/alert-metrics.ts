import { Gauge, type Registry } from "prom-client";
import { createCache } from "../shared/cache.ts";
import { inTime } from "../shared/group.ts";
import type { Log } from "../shared/log.ts";

/** How old what is shown may be. */
const freshMs = 5_000;
/** Who looks does not wait longer for the database. */
const patienceMs = 3_000;

/** Shows how many alerts are open. Read when somebody looks; left out while it cannot be read. */
export function showAlerts(
  registry: Registry,
  { read, log }: { read: () => Promise<Record<string, number>>; log: Log },
): void {
  const counts = createCache(() => inTime(read(), patienceMs), { ttlMs: freshMs, largest: 1 });
  new Gauge({
    name: "pillarbox_alerts_open",
    help: "Alerts that are open",
    labelNames: ["severity"],
    registers: [registry],
    async collect() {
      this.reset();
      try {
        for (const [severity, open] of Object.entries(await counts("all"))) this.set({ severity }, open);
      } catch (error) {
        log.warn({ err: error }, "Cannot read the alerts for a metric");
      }
    },
  });
}

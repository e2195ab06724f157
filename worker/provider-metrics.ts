import { Gauge, type Registry } from "prom-client";
import { createCache } from "../shared/cache.ts";
import type { Log } from "../shared/log.ts";
import type { ProviderFigures } from "../shared/provider/slowness-queries.ts";

/** How old what is shown may be. */
const freshMs = 10_000;

/** One line of a gauge, beside the provider's name. */
interface Point {
  minutes?: number;
  value: number;
}

/**
 * Shows what each provider carries and how slow its texts were. Read when somebody looks, since one worker counts for
 * all; while it cannot be read nothing of it is shown, and all other metrics are.
 */
export function showProviders(
  registry: Registry,
  { read, log }: { read: () => Promise<ProviderFigures[]>; log: Log },
): void {
  const figures = createCache(read, { ttlMs: freshMs, largest: 1 });

  const show = (name: string, help: string, pointsOf: (figures: ProviderFigures) => Point[]) =>
    new Gauge({
      name: `pillarbox_provider_${name}`,
      help,
      labelNames: ["provider", "minutes"],
      registers: [registry],
      async collect() {
        this.reset();
        try {
          for (const provider of await figures("all")) {
            for (const { value, ...labels } of pointsOf(provider)) {
              this.set({ provider: provider.name, ...labels }, value);
            }
          }
        } catch (error) {
          log.warn({ err: error, name }, "Cannot read the providers for a metric");
        }
      },
    });

  show("priority", "Its weight among those of its channel", ({ priority }) => [{ value: priority }]);
  show("active", "1 where it is switched on", ({ active }) => [{ value: active ? 1 : 0 }]);
  show("changed_timestamp_seconds", "When its priority was changed, or it was switched", ({ updatedAt }) =>
    updatedAt ? [{ value: updatedAt.getTime() / 1000 }] : [],
  );
  show(
    "slow_ratio",
    "Of its texts of the last 15 minutes, those that took so many minutes to be delivered, or have not been",
    ({ slowShares }) => slowShares.map(({ minutes, share }) => ({ minutes, value: share })),
  );
}

import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import { type Metrics, together } from "./metrics.ts";
import { createStatsd, type StatsdLibrary } from "./statsd.ts";

export interface MetricsOptions {
  app: "api" | "worker";
  /** Null where nobody scrapes. */
  prometheus: Metrics | null;
  /** hot-shots' client. */
  statsd: StatsdLibrary;
  config: Pick<Config, "environment" | "statsd">;
  log: Log;
}

export interface OpenMetrics {
  /** Null where there is nobody to tell. */
  metrics: Metrics | null;
  /** Sends what is gathered. Never throws. */
  close(): Promise<void>;
}

/** Everything that is to be told, as configured. */
export function openMetrics({ app, prometheus, statsd, config, log }: MetricsOptions): OpenMetrics {
  const { environment } = config;
  const pushed = config.statsd && createStatsd(statsd, { ...config.statsd, environment, app, log });
  const sinks = [prometheus, pushed?.metrics].filter((sink) => sink != null);
  return { metrics: sinks.length > 0 ? together(sinks) : null, close: async () => pushed?.close() };
}

import { StatsD } from "hot-shots";
import * as client from "prom-client";
import type { Config } from "../shared/config.ts";
import type { Log } from "../shared/log.ts";
import { type Metrics, together } from "../shared/metrics/metrics.ts";
import { openMetrics } from "../shared/metrics/open.ts";
import { createPrometheus } from "../shared/metrics/prometheus.ts";

export interface WorkerMetrics extends Metrics {
  /** Of this worker, for `/metrics`. */
  registry: client.Registry;
  /** Sends what StatsD has not had. Never throws. */
  close(): Promise<void>;
}

/** What a worker counts and times, for Prometheus and, where that is configured, StatsD. */
export function createMetrics(config: Config, log: Log): WorkerMetrics {
  const registry = new client.Registry();
  client.collectDefaultMetrics({ register: registry, prefix: "pillarbox_" });
  const prometheus = createPrometheus(client, registry);
  const { metrics, close } = openMetrics({ app: "worker", prometheus, statsd: StatsD, config, log });
  return { ...(metrics ?? together([])), registry, close };
}

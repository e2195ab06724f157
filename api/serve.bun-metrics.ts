import { StatsD } from "hot-shots";
import * as client from "prom-client";
import type { Config } from "../shared/config.ts";
import type { Log } from "../shared/log.ts";
import { openMetrics } from "../shared/metrics/open.ts";
import { createPrometheus } from "../shared/metrics/prometheus.ts";

/** What the API counts and times where it runs as a process, on Bun or Deno. Without settings it is nothing. */
export function openApiMetrics(config: Config, log: Log) {
  const registry = new client.Registry();
  const isScraped = config.api.metricsPort !== null;
  if (isScraped) client.collectDefaultMetrics({ register: registry, prefix: "pillarbox_" });
  const prometheus = isScraped ? createPrometheus(client, registry) : null;
  const { metrics, close } = openMetrics({ app: "api", prometheus, statsd: StatsD, config, log });
  return {
    metrics,
    close,
    /** Answers `/metrics`, on a port of its own. */
    async answer(request: Request): Promise<Response> {
      if (new URL(request.url).pathname !== "/metrics") return new Response("Not found\n", { status: 404 });
      return new Response(await registry.metrics(), { headers: { "Content-Type": registry.contentType } });
    },
  };
}

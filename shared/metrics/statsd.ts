import type { Log } from "../log.ts";
import type { Metrics } from "./metrics.ts";
import { classOf } from "./prometheus.ts";

/** What is used of hot-shots. Passed in, because it needs what only Node, Bun and Deno have. */
export type StatsdLibrary = new (options: {
  host: string;
  port: number;
  prefix: string;
  maxBufferSize: number;
  bufferFlushInterval: number;
  cacheDns: boolean;
  includeDatadogTelemetry: boolean;
  errorHandler: (error: Error) => void;
}) => StatsdClient;

interface StatsdClient {
  increment(stat: string): void;
  timing(stat: string, value: number): void;
  close(done: () => void): void;
}

export interface StatsdOptions {
  host: string;
  port: number;
  environment: string;
  app: "api" | "worker";
  log: Log;
}

export interface Statsd {
  metrics: Metrics;
  /** Sends what is gathered. Never throws. */
  close(): Promise<void>;
}

/** Lines are gathered into datagrams that pass any network whole. */
const datagramBytes = 1400;
const flushMs = 1000;
/** A server that is away for long is told of now and then. */
const tellEveryMs = 5 * 60 * 1000;

/**
 * The original's names where it had them (`spec/delivery.md` 8), under `{environment}.notifications.{app}.`, and as
 * there in seconds. A server that is away or slow costs nothing but its own figures.
 */
export function createStatsd(
  library: StatsdLibrary,
  { host, port, environment, app, log }: StatsdOptions,
): Statsd {
  let toldAt = Number.NEGATIVE_INFINITY;
  const client = new library({
    host,
    port,
    prefix: `${nameOf(environment)}.notifications.${app}.`,
    maxBufferSize: datagramBytes,
    bufferFlushInterval: flushMs,
    cacheDns: true,
    includeDatadogTelemetry: false,
    errorHandler(error) {
      if (performance.now() - toldAt < tellEveryMs) return;
      toldAt = performance.now();
      log.warn({ err: error }, "Cannot send to StatsD");
    },
  });
  const count = (...names: string[]) => client.increment(names.map(nameOf).join("."));
  const time = (seconds: number, ...names: string[]) => client.timing(names.map(nameOf).join("."), seconds);

  return {
    close: () => new Promise((resolve) => client.close(() => resolve())),
    metrics: {
      answered({ method, route, status }, seconds) {
        count("requests", method, route, classOf(status));
        time(seconds, "requests", method, route, "request-time");
      },
      limited: (limit) => count("limited", limit),
      grouped(write, size, seconds) {
        time(seconds, "groups", write, "time");
        time(size, "groups", write, "size");
      },
      worked(queue, outcome, seconds) {
        count("queues", queue, taskOutcomes[outcome]);
        time(seconds, "queues", queue, "time");
      },
      asked(provider, outcome, seconds) {
        count("clients", provider, outcome === "accepted" ? "success" : "error");
        time(seconds, "clients", provider, "request-time");
      },
      sent: ({ channel, keyType }, seconds) =>
        time(seconds, channel, keyType === "test" ? "test-key" : "live-key", "total-time"),
      reported({ provider, status }, seconds) {
        count("callback", provider, status);
        if (seconds !== null) time(seconds, "callback", provider, "elapsed-time");
      },
      told: (type, attempt, seconds) =>
        time(seconds, "service-callbacks", type, attempt === 1 ? "first" : "retry", "forward-time"),
      calledBack(type, outcome, seconds) {
        count("service-callbacks", type, outcome);
        time(seconds, "service-callbacks", type, "request-time");
      },
      gaveUp: (type, why) => count("service-callbacks", type, "given-up", why),
    },
  };
}

/** The original's words. */
const taskOutcomes = { done: "success", retried: "retry", failed: "failure" } as const;

/** One part of a name: what StatsD and Graphite read into names, and a route's slashes, become underscores. */
function nameOf(text: string): string {
  return text.replace(/[^A-Za-z0-9-]+/g, "_").replace(/^_|_$/g, "") || "none";
}

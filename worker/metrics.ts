import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";

export interface JobMetrics {
  worked(queue: string, outcome: "done" | "failed", seconds: number): void;
}

export interface SendMetrics {
  asked(provider: string, outcome: "accepted" | "rejected" | "unavailable", seconds: number): void;
  calledBack(type: string, outcome: string, seconds: number): void;
}

export type Metrics = JobMetrics & SendMetrics & { registry: Registry };

/** One registry a worker, in Prometheus' text format at `/metrics`. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "pillarbox_" });
  const registers = [registry];
  const buckets = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
  const jobs = new Histogram({
    name: "pillarbox_job_seconds",
    help: "Time a job's task ran",
    labelNames: ["queue", "outcome"],
    buckets,
    registers,
  });
  const requests = new Histogram({
    name: "pillarbox_provider_request_seconds",
    help: "Time a provider took to answer",
    labelNames: ["provider", "outcome"],
    buckets,
    registers,
  });
  const callbacks = new Histogram({
    name: "pillarbox_callback_seconds",
    help: "Time a service's callback receiver took to answer",
    labelNames: ["type", "outcome"],
    buckets,
    registers,
  });
  const callbackOutcomes = new Counter({
    name: "pillarbox_callbacks_total",
    help: "Attempts to call a service back",
    labelNames: ["type", "outcome"],
    registers,
  });
  return {
    registry,
    worked(queue, outcome, seconds) {
      jobs.observe({ queue, outcome }, seconds);
    },
    asked(provider, outcome, seconds) {
      requests.observe({ provider, outcome }, seconds);
    },
    calledBack(type, outcome, seconds) {
      callbacks.observe({ type, outcome }, seconds);
      callbackOutcomes.inc({ type, outcome });
    },
  };
}

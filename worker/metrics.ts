import { collectDefaultMetrics, Histogram, Registry } from "prom-client";

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
  const timesOf = (name: string, help: string, label: string) =>
    new Histogram({
      name: `pillarbox_${name}_seconds`,
      help,
      labelNames: [label, "outcome"],
      buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    });
  const jobs = timesOf("job", "Time a job's task ran", "queue");
  const requests = timesOf("provider_request", "Time a provider took to answer", "provider");
  const callbacks = timesOf("callback", "Time a service's callback receiver took to answer", "type");
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
    },
  };
}

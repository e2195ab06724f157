import type { Metrics } from "./metrics.ts";

/** What is used of prom-client. Passed in, because it needs what only Node, Bun and Deno have. */
export interface PrometheusLibrary {
  Histogram: new (options: Options & { buckets: number[] }) => Observer;
  Counter: new (options: Options) => Counting;
}

interface Options {
  name: string;
  help: string;
  labelNames: string[];
  registers: [];
}

type Labels = Record<string, string | number>;

interface Registry {
  registerMetric(metric: object): void;
}

interface Observer {
  observe(labels: Labels, value: number): void;
}

interface Counting {
  inc(labels: Labels): void;
}

/** Of calls: 10 s is the longest that a provider may take. */
const callBuckets = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** A message shall be with its provider within 10 s; retries follow at 5 minutes each, for 4 hours. */
const sentBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 300, 600, 1800, 3600, 14_400];
/** A handset may be off for days; after three, nobody waits any longer. */
const receiptBuckets = [0.5, 1, 2.5, 5, 10, 20, 30, 60, 300, 600, 1800, 3600, 14_400, 86_400, 259_200];
const callbackBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1800];
const requestBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30];
const groupBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];
const sizeBuckets = [1, 2, 5, 10, 20, 50, 100, 200, 500];

/** Registers every metric that processes count; `worker/METRICS.md` lists them. */
export function createPrometheus(library: PrometheusLibrary, registry: Registry): Metrics {
  const register = <Metric extends object>(metric: Metric): Metric => {
    registry.registerMetric(metric);
    return metric;
  };
  const options = (name: string, help: string, labelNames: string[]): Options => ({
    name: `pillarbox_${name}`,
    help,
    labelNames,
    registers: [],
  });
  const histogram = (name: string, help: string, labelNames: string[], buckets: number[]) =>
    register(new library.Histogram({ ...options(name, help, labelNames), buckets }));
  const counter = (name: string, help: string, labelNames: string[]) =>
    register(new library.Counter(options(name, help, labelNames)));

  const requests = histogram(
    "http_request_seconds",
    "From a request to its answer, by route and class of status",
    ["method", "route", "status"],
    requestBuckets,
  );
  const limited = counter("limited_requests_total", "Send requests over a limit of their service", ["limit"]);
  const groupTimes = histogram(
    "group_seconds",
    "Time of a statement that several share",
    ["write"],
    groupBuckets,
  );
  const groupSizes = histogram("group_size", "How many shared a statement", ["write"], sizeBuckets);
  const jobs = histogram("job_seconds", "Time a job's task ran", ["queue", "outcome"], callBuckets);
  const calls = histogram(
    "provider_request_seconds",
    "Time a provider took to answer",
    ["provider", "outcome"],
    callBuckets,
  );
  const sent = histogram(
    "accepted_to_sent_seconds",
    "From the acceptance of a message until a provider had it",
    ["channel", "key_type", "provider"],
    sentBuckets,
  );
  const receipts = counter("receipts_total", "Receipts that changed a status", ["provider", "status"]);
  const reported = histogram(
    "sent_to_receipt_seconds",
    "From a provider's acceptance until its receipt reached us",
    ["provider", "status"],
    receiptBuckets,
  );
  const told = histogram(
    "receipt_to_callback_seconds",
    "From a receipt, or a text that came in, until an attempt to tell the service began",
    ["type", "attempt"],
    callbackBuckets,
  );
  const callbacks = histogram(
    "callback_seconds",
    "Time a service's callback receiver took to answer",
    ["type", "outcome"],
    callBuckets,
  );
  const gaveUp = counter(
    "callbacks_given_up_total",
    "Callbacks that will not be tried again, unless somebody asks for it",
    ["type", "why"],
  );

  return {
    answered: ({ method, route, status }, seconds) =>
      requests.observe({ method, route, status: classOf(status) }, seconds),
    limited: (limit) => limited.inc({ limit }),
    grouped(write, size, seconds) {
      groupTimes.observe({ write }, seconds);
      groupSizes.observe({ write }, size);
    },
    worked: (queue, outcome, seconds) => jobs.observe({ queue, outcome }, seconds),
    asked: (provider, outcome, seconds) => calls.observe({ provider, outcome }, seconds),
    sent: ({ channel, keyType, provider }, seconds) =>
      sent.observe({ channel, key_type: keyType, provider }, seconds),
    reported(receipt, seconds) {
      receipts.inc({ ...receipt });
      if (seconds !== null) reported.observe({ ...receipt }, seconds);
    },
    told: (type, attempt, seconds) =>
      told.observe({ type, attempt: attempt === 1 ? "first" : "retry" }, seconds),
    calledBack: (type, outcome, seconds) => callbacks.observe({ type, outcome }, seconds),
    gaveUp: (type, why) => gaveUp.inc({ type, why }),
  };
}

/** `2xx`, say. */
export function classOf(status: number): string {
  return `${Math.floor(status / 100)}xx`;
}

import type { NewAlert } from "../../../shared/alert/alert.ts";
import { networks } from "../../../shared/broadcast/broadcast.ts";
import type { ProviderMessageStatus } from "../../../shared/broadcast/sending.ts";
import type { Metrics } from "../../../shared/metrics/metrics.ts";
import { type Channel, statuses } from "../../../shared/notification/notification.ts";
import type { Minutes } from "../../../shared/provider/slowness.ts";
import { queues } from "../../../shared/queue/jobs.ts";
import { callbackTypes } from "../../../shared/service/callback-types.ts";
import type { KeyType } from "../../../shared/service/service.ts";
import type { Worker } from "../../../worker/worker.ts";

/** A metric as it is registered. */
export interface KnownMetric {
  name: string;
  type: "counter" | "gauge" | "histogram";
  labels: string[];
  /** Upper bounds of a histogram's buckets, as `le` has them. */
  bounds: string[];
}

/** What a worker has, which counts what the API does too. By name. */
export function metricsOf({ registry }: Worker["metrics"]): Map<string, KnownMetric> {
  const known = registry.getMetricsAsArray().map((metric): KnownMetric => {
    const type = String(metric.type);
    if (type !== "counter" && type !== "gauge" && type !== "histogram")
      throw new Error(`Cannot tell what ${metric.name} is: ${type}`);
    const labels: unknown = Reflect.get(metric, "labelNames");
    const bounds: unknown = Reflect.get(metric, "upperBounds");
    return {
      name: metric.name,
      type,
      labels: Array.isArray(labels) ? labels.map(String) : [],
      bounds: Array.isArray(bounds) ? bounds.map(String) : [],
    };
  });
  return new Map(known.map((metric) => [metric.name, metric]));
}

/** All members of a union, which the compiler counts. */
function all<Member extends string | number>(members: Record<Member, true>): string[] {
  return Object.keys(members);
}

type Outcome =
  | Parameters<Metrics["worked"]>[1]
  | Parameters<Metrics["asked"]>[1]
  | Parameters<Metrics["calledBack"]>[1];

const providers = ["mmg", "firetext", "sns", "ses", "smtp", "dvla", ...networks];

/** Values that a label may have; without an entry, any. A metric's own stand before those of all that have the label. */
const values: Record<string, readonly string[]> = {
  status: ["2xx", "3xx", "4xx", "5xx"],
  method: ["GET", "POST", "PUT", "DELETE"],
  limit: all<Parameters<Metrics["limited"]>[0]>({ rate: true, daily: true, international: true }),
  queue: Object.keys(queues),
  outcome: all<Outcome>({
    done: true,
    retried: true,
    failed: true,
    accepted: true,
    rejected: true,
    unavailable: true,
    delivered: true,
    refused: true,
  }),
  provider: providers,
  channel: all<Channel>({ sms: true, email: true, letter: true }),
  key_type: all<KeyType>({ normal: true, team: true, test: true }),
  type: callbackTypes,
  attempt: ["first", "retry"],
  why: all<Parameters<Metrics["gaveUp"]>[1]>({ refused: true, exhausted: true, suspended: true }),
  minutes: all<Minutes>({ 1: true, 5: true, 10: true }),
  severity: all<NewAlert["severity"]>({ page: true, ticket: true }),
  job: ["pillarbox"],
  "pillarbox_job_seconds outcome": all<Parameters<Metrics["worked"]>[1]>({
    done: true,
    retried: true,
    failed: true,
  }),
  "pillarbox_provider_request_seconds outcome": all<Parameters<Metrics["asked"]>[1]>({
    accepted: true,
    rejected: true,
    unavailable: true,
  }),
  "pillarbox_callback_seconds outcome": all<Parameters<Metrics["calledBack"]>[1]>({
    delivered: true,
    refused: true,
    failed: true,
  }),
  "pillarbox_receipts_total status": statuses,
  "pillarbox_sent_to_receipt_seconds status": statuses,
  "pillarbox_broadcast_messages status": all<ProviderMessageStatus>({
    sending: true,
    "returned-ack": true,
    "returned-error": true,
    "technical-failure": true,
  }),
};

/** Null where it may be any. */
export function valuesOf(metric: string, label: string): readonly string[] | null {
  return values[`${metric} ${label}`] ?? values[label] ?? null;
}

import { callbackBodyOf } from "../../shared/callback/job.ts";
import { callbackHeaders, webhookIdOf } from "../../shared/callback/signature.ts";
import { secondsBetween } from "../../shared/metrics/metrics.ts";
import type { Payload } from "../../shared/queue/jobs.ts";
import type { WorkerDeps } from "../deps.ts";
import type { WatchedTarget } from "../store.ts";
import { type CallbackResult, postCallback } from "./post.ts";

/** What came of calling a receiver. */
export interface Call {
  result: CallbackResult;
  /** When it began. */
  at: Date;
  durationMs: number;
}

/** Makes one attempt: signed at this time, under the id that all attempts at telling it share. */
export async function callReceiver(
  payload: Payload<"service-callbacks">,
  target: WatchedTarget,
  deps: WorkerDeps,
  signal: AbortSignal,
): Promise<Call> {
  const { cipher, metrics, callbacks, now, openCredentials } = deps;
  const { type, subjectId, attempt, reportedAt } = payload;
  const body = await cipher.decrypt(payload.body, callbackBodyOf(subjectId));
  const at = now();
  const credentials = await openCredentials(target, at);
  const headers = await callbackHeaders({ ...credentials, id: webhookIdOf(type, subjectId), at, body });

  if (reportedAt) metrics.told(type, attempt, secondsBetween(reportedAt, at));
  const startedAt = performance.now();
  const request = { url: target.url, headers, body, timeoutMs: callbacks.timeoutMs };
  const result = await postCallback(request, deps, signal);
  const durationMs = performance.now() - startedAt;
  metrics.calledBack(type, result.outcome === "gone" ? "refused" : result.outcome, durationMs / 1000);
  return { result, at, durationMs };
}

/** What a log line says of a callback. */
export function factsOf(
  payload: Payload<"service-callbacks">,
  { url }: WatchedTarget,
): Record<string, unknown> {
  const { type, serviceId, subjectId, attempt } = payload;
  return { type, serviceId, subjectId, url: withoutSecrets(url), attempt };
}

/** A URL for the log: its query and user may be secret. */
function withoutSecrets(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

import type { NewCallbackAttempt } from "../../shared/callback/attempts.ts";
import { callbackBodyOf } from "../../shared/callback/delivery-status.ts";
import { bearerTokenOf } from "../../shared/callback/queries.ts";
import { secondsBetween } from "../../shared/metrics/metrics.ts";
import { derivedId } from "../../shared/queue/derived-id.ts";
import type { Payload } from "../../shared/queue/jobs.ts";
import { type CallbackResult, postCallback } from "../callbacks/post.ts";
import type { JobFacts } from "../consume.ts";
import type { WorkerDeps } from "../deps.ts";

/**
 * Tells a service once. A failure worth another attempt moves to the retry lane, under an id that makes one job of it
 * however often this runs; the address and token are those of now, so that a change or deletion holds for what waits.
 */
export async function sendCallback(
  payload: Payload<"service-callbacks">,
  deps: WorkerDeps,
  signal: AbortSignal,
  job: JobFacts,
): Promise<void> {
  const { store, cipher, log, metrics, callbacks, now } = deps;
  const { type, serviceId, subjectId, attempt } = payload;
  const target = await store.callbackTarget(serviceId, type);
  if (!target) {
    log.info({ type, serviceId, subjectId }, "Callback dropped: the service wants none any more");
    return;
  }
  const token = await cipher.decrypt(target.bearerToken, bearerTokenOf(target.id));
  const body = await cipher.decrypt(payload.body, callbackBodyOf(subjectId));

  const at = now();
  if (payload.reportedAt) metrics.told(type, attempt, secondsBetween(payload.reportedAt, at));
  const startedAt = performance.now();
  const result = await postCallback({ url: target.url, token, body, timeoutMs: callbacks.timeoutMs }, signal);
  const durationMs = performance.now() - startedAt;
  metrics.calledBack(type, result.outcome, durationMs / 1000);
  const made = { serviceId, subjectId, type, attempt, at, durationMs, ...recordOf(result), next: null };
  const facts = { type, serviceId, subjectId, url: withoutSecrets(target.url), attempt, ...factsOf(result) };

  switch (result.outcome) {
    case "delivered":
      await recordEnd(made, deps);
      log.debug(facts, "Callback delivered");
      return;
    case "refused":
      await recordEnd(made, deps);
      log.warn(facts, "Callback refused: it is not being retried");
      return;
    case "failed":
      if (attempt > callbacks.retries) {
        await recordEnd({ ...made, outcome: "exhausted" }, deps);
        log.warn(facts, "Callback failed: no retries are left");
        return;
      }
      await store.calledBack({
        ...made,
        next: {
          name: "service-callbacks-retry",
          id: await derivedId(`${job.id}:${attempt + 1}`),
          data: { ...payload, attempt: attempt + 1 },
          startAfter: new Date(now().getTime() + callbacks.retrySeconds * 1000),
          groupId: serviceId,
        },
      });
      log.warn(facts, "Callback failed: it will be retried");
      return;
  }
}

/** A callback that ended is not made again because nobody can note that it was. */
async function recordEnd(attempt: NewCallbackAttempt, { store, log }: WorkerDeps): Promise<void> {
  try {
    await store.calledBack(attempt);
  } catch (error) {
    const { type, serviceId, subjectId } = attempt;
    log.warn({ type, serviceId, subjectId, err: error }, "Cannot record a callback");
  }
}

function recordOf(result: CallbackResult): Pick<NewCallbackAttempt, "outcome" | "status" | "detail"> {
  const { outcome, status } = result;
  return { outcome, status, detail: outcome === "delivered" ? null : result.reason };
}

function factsOf(result: CallbackResult): object {
  return result.outcome === "delivered" ? { status: result.status } : { reason: result.reason };
}

/** A URL for the log: its query and user may be secret. */
function withoutSecrets(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

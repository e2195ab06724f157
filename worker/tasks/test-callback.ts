import { findCallbackTarget } from "../../shared/callback/queries.ts";
import { createSample } from "../../shared/callback/sample.ts";
import { callbackHeaders, signatureBase, webhookIdOf } from "../../shared/callback/signature.ts";
import { findWaitingTrial, storeTrialResult } from "../../shared/callback/trial.ts";
import type { Payload } from "../../shared/queue/jobs.ts";
import { toTimestamp } from "../../shared/time/timestamp.ts";
import { postCallback } from "../callbacks/post.ts";
import type { WorkerDeps } from "../deps.ts";

/**
 * Sends a sample to a callback the way of all callbacks, and notes everything that came of it for whoever asked. It is
 * no attempt at telling of anything: it is not repeated, and the receiver is not judged by it.
 */
export async function testCallback(
  { trialId }: Payload<"callback-tests">,
  deps: WorkerDeps,
  signal: AbortSignal,
): Promise<void> {
  const { sql, cipher, openCredentials, callbacks, now } = deps;
  const waiting = await findWaitingTrial(sql, trialId);
  const target = waiting && (await findCallbackTarget(sql, waiting.serviceId, waiting.type));
  if (!target) return;

  const at = now();
  const { type, serviceId } = waiting;
  const { subjectId, body } = await createSample({ type, serviceId, subjectId: trialId, at }, cipher);
  const signed = { id: webhookIdOf(type, subjectId), at, body };
  const credentials = await openCredentials(target, at);
  const headers = await callbackHeaders({ ...credentials, ...signed });

  const startedAt = performance.now();
  const request = { url: target.url, headers, body, timeoutMs: callbacks.timeoutMs };
  const { retryAfterSeconds: _, ...came } = await postCallback(request, deps, signal);
  await storeTrialResult(sql, cipher, trialId, {
    ...came,
    sentAt: toTimestamp(at),
    durationMs: Math.round(performance.now() - startedAt),
    url: target.url,
    headers: { ...headers, Authorization: "Bearer [not shown]" },
    body,
    signatureBase: credentials.secrets.length === 0 ? null : signatureBase(signed),
  });
}

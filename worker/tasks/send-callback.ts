import { type NewCallbackAttempt, newAttempt, type Told } from "../../shared/callback/attempts.ts";
import { closeBreaker, probeSeconds, suspendCallback } from "../../shared/callback/health.ts";
import { parkedJob } from "../../shared/callback/parked.ts";
import { tendAt, tendSoon } from "../../shared/callback/tend.ts";
import { derivedId } from "../../shared/queue/derived-id.ts";
import type { NewJob } from "../../shared/queue/enqueue.ts";
import type { Payload } from "../../shared/queue/jobs.ts";
import { retryInSeconds } from "../callbacks/backoff.ts";
import { type Call, callReceiver, factsOf } from "../callbacks/call.ts";
import { tellSuspended } from "../callbacks/judge.ts";
import type { JobFacts } from "../consume.ts";
import type { WorkerDeps } from "../deps.ts";
import type { WatchedTarget } from "../store.ts";

type Callback = Payload<"service-callbacks">;

/**
 * Tells a service once. A failure worth another attempt moves to the retry lane, under an id that makes one job of it
 * however often this runs; what is for a receiver that is spared is parked, its attempt not used up. Address and token
 * are those of now, so that a change, a deletion or a suspension holds for what waits.
 */
export async function sendCallback(
  payload: Callback,
  deps: WorkerDeps,
  signal: AbortSignal,
  job: JobFacts,
): Promise<void> {
  const { store, log, now } = deps;
  const { type, serviceId, subjectId } = payload;
  const target = await store.callbackTarget(serviceId, type);
  if (!target) {
    log.info({ type, serviceId, subjectId }, "Callback dropped: the service wants none any more");
    return;
  }
  if (target.suspendedAt) return await endSuspended(payload, target, deps);
  if (target.breaker === null) {
    const call = await callReceiver(payload, target, deps, signal);
    deps.callbackHealth.add(target.id, call.result.outcome === "failed" ? "failed" : "answered");
    return await conclude(payload, target, call, deps, job);
  }
  const at = now();
  if (target.breaker.probeAt > at || !(await store.claimProbe({ callbackId: target.id, at }))) {
    await store.park(await parkedJob(job.id, target.id, payload));
    log.debug({ type, serviceId, subjectId }, "Callback parked: its receiver is spared");
    return;
  }
  await probe(payload, target, deps, signal, job);
}

/** Tries a receiver that is spared. If it fails still, nothing is noted of the attempt: it is as if not made. */
async function probe(
  payload: Callback,
  target: WatchedTarget,
  deps: WorkerDeps,
  signal: AbortSignal,
  job: JobFacts,
): Promise<void> {
  const { sql, store, log } = deps;
  const call = await callReceiver(payload, target, deps, signal);
  if (call.result.outcome === "failed") {
    // Behind the others: it may be this one alone that the receiver fails at.
    await store.park(await parkedJob(job.id, target.id, payload));
    await tendAt(sql, new Date(call.at.getTime() + probeSeconds * 1000));
    log.warn(
      { ...factsOf(payload, target), ...cameOf(call) },
      "Callback failed: its receiver is still spared",
    );
    return;
  }
  await conclude(payload, target, call, deps, job);
  if (call.result.outcome === "gone" || !(await closeBreaker(sql, target.id))) return;
  log.warn({ callbackId: target.id }, "A receiver of callbacks answers again");
  await tendSoon(sql, deps.now());
}

/** Records what came of a call, and decides what follows. */
async function conclude(
  payload: Callback,
  target: WatchedTarget,
  call: Call,
  deps: WorkerDeps,
  job: JobFacts,
): Promise<void> {
  const { store, cipher, log, metrics, callbacks, random } = deps;
  const { result, at, durationMs } = call;
  const facts = { ...factsOf(payload, target), ...cameOf(call) };
  const record = (outcome: Told["outcome"]) =>
    newAttempt(payload, { ...result, at, durationMs, outcome }, cipher);

  switch (result.outcome) {
    case "delivered":
      await recordDelivered(await record("delivered"), deps);
      log.debug(facts, "Callback delivered");
      return;
    case "gone":
      await suspend(target, deps);
      await store.calledBack(await record("refused"));
      metrics.gaveUp(payload.type, "refused");
      log.warn(facts, "Callback refused: it is not being retried");
      return;
    case "refused":
      await store.calledBack(await record("refused"));
      metrics.gaveUp(payload.type, "refused");
      log.warn(facts, "Callback refused: it is not being retried");
      return;
    case "failed": {
      const { retryAfterSeconds } = result;
      const failure = { attempt: payload.attempt, retryAfterSeconds };
      const seconds = retryInSeconds(callbacks.retry, failure, random());
      if (seconds === null) {
        await store.calledBack(await record("exhausted"));
        metrics.gaveUp(payload.type, "exhausted");
        log.warn(facts, "Callback failed: no retries are left");
        return;
      }
      await store.calledBack({
        ...(await record("failed")),
        next: await nextOf(payload, seconds, deps, job),
      });
      log.warn({ ...facts, retryInSeconds: Math.round(seconds) }, "Callback failed: it will be retried");
      return;
    }
  }
}

async function nextOf(
  payload: Callback,
  seconds: number,
  { now }: WorkerDeps,
  job: JobFacts,
): Promise<NewJob<"service-callbacks-retry">> {
  const attempt = payload.attempt + 1;
  return {
    name: "service-callbacks-retry",
    id: await derivedId(`${job.id}:${attempt}`),
    data: { ...payload, attempt },
    startAfter: new Date(now().getTime() + seconds * 1000),
    groupId: payload.serviceId,
  };
}

/** The receiver says that it is there no more. Of several workers that hear it one suspends the callback. */
async function suspend({ id, url }: WatchedTarget, { sql, log, now }: WorkerDeps): Promise<void> {
  const at = now();
  const reason = "Answered 410: gone";
  const suspended = await suspendCallback(sql, id, { url, at, reason });
  if (!suspended) return;
  tellSuspended(suspended, { reason, log });
  // What is parked ends too.
  await tendSoon(sql, at);
}

/** Ends what would be told while nobody is called: it is recorded, so that it can be told again once that is over. */
async function endSuspended(payload: Callback, target: WatchedTarget, deps: WorkerDeps): Promise<void> {
  const { store, cipher, log, metrics, now } = deps;
  const reason = "The callback is suspended";
  const none = { status: null, error: null, address: null, durationMs: 0, excerpt: "" };
  const told: Told = { ...none, at: now(), outcome: "suspended", reason };
  await store.calledBack(await newAttempt(payload, told, cipher));
  metrics.gaveUp(payload.type, "suspended");
  log.warn({ ...factsOf(payload, target), reason }, "Callback not sent: it is suspended");
}

/**
 * What a receiver has taken is not told again because nobody can note that it was. Any other end must be: its record is
 * all that can be told again later.
 */
async function recordDelivered(attempt: NewCallbackAttempt, { store, log }: WorkerDeps): Promise<void> {
  try {
    await store.calledBack(attempt);
  } catch (error) {
    const { type, serviceId, subjectId } = attempt;
    log.warn({ type, serviceId, subjectId, err: error }, "Cannot record a callback");
  }
}

function cameOf({ result }: Call): Record<string, unknown> {
  return result.outcome === "delivered" ? { status: result.status } : { reason: result.reason };
}

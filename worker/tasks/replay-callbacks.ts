import { setTimeout } from "node:timers/promises";
import {
  advance,
  findEvents,
  findRunning,
  mostWaiting,
  stopReplay,
} from "../../shared/callback/replay-steps.ts";
import { derivedId } from "../../shared/queue/derived-id.ts";
import { enqueue } from "../../shared/queue/enqueue.ts";
import type { Payload } from "../../shared/queue/jobs.ts";
import type { JobFacts } from "../consume.ts";
import type { WorkerDeps } from "../deps.ts";

/** How often something is queued: what comes at once is a quarter of a second's share. */
const stepMs = 250;
/** Then another replay that waits may have the slot. */
const turnMs = 60_000;

/**
 * Goes on with a replay for a while: queues what is to be told again at a bounded rate, and no faster than it is taken.
 * Each step notes how far it is with what it queues, so that another worker can go on from there, and two that do so at
 * once queue nothing twice.
 */
export async function replayCallbacks(
  { replayId }: Payload<"callback-replays">,
  { sql, log, callbackReplays, now }: WorkerDeps,
  signal: AbortSignal,
  job: JobFacts,
): Promise<void> {
  const perStep = (callbackReplays.perSecond * stepMs) / 1000;
  const startedAt = performance.now();
  let lastAt = startedAt;
  let allowed = perStep;
  for (;;) {
    const replay = await findRunning(sql, replayId);
    if (!replay) return;
    const { serviceId } = replay;
    if (!replay.isOpen) {
      await stopReplay(sql, replayId, now());
      log.warn({ replayId, serviceId }, "Replay stopped: a callback of it is suspended or removed");
      return;
    }
    if (lastAt - startedAt > turnMs) {
      const id = await derivedId(`callback-replays after ${job.id}`);
      await enqueue(sql, [{ name: "callback-replays", id, data: { replayId }, groupId: serviceId }]);
      return;
    }
    const limit = Math.min(Math.floor(allowed), mostWaiting - replay.waiting);
    if (limit > 0) {
      const found = await findEvents(sql, replay, limit);
      const isMoved = await advance(sql, replay, found, now());
      // Where it was moved by a worker that has lost this job to us, that one soon stops: ours is to go on.
      allowed -= found.events.length;
      if (isMoved && found.isLast) {
        log.info({ replayId, serviceId }, "Replay has queued everything");
        return;
      }
    }
    await setTimeout(stepMs, undefined, { signal });
    const elapsedMs = performance.now() - lastAt;
    lastAt += elapsedMs;
    // Of what was not used no more is made up for: that would be a burst.
    allowed = Math.min(allowed + (callbackReplays.perSecond * elapsedMs) / 1000, Math.max(1, 2 * perStep));
  }
}

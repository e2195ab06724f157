import { setTimeout as sleep } from "node:timers/promises";

export interface TokenBucket {
  /** Resolves when the next call may be made, in the order asked. Rejects when `signal` aborts. */
  take(signal: AbortSignal): Promise<void>;
  /** Nobody calls for so long. */
  pause(seconds: number): void;
  /** For how long yet, in seconds; 0 where calls may be made. */
  pausedSeconds(): number;
}

/** Spaces calls so that there are `perSecond` at most; what was not used is not saved up. */
export function createTokenBucket(perSecond: number, clock: () => number = performance.now): TokenBucket {
  const gapMs = 1000 / perSecond;
  let next = 0;
  let pausedUntil = 0;

  return {
    async take(signal) {
      const at = Math.max(clock(), next, pausedUntil);
      next = at + gapMs;
      const waitMs = at - clock();
      if (waitMs > 0) await sleep(waitMs, undefined, { signal });
      signal.throwIfAborted();
    },
    pause(seconds) {
      pausedUntil = Math.max(pausedUntil, clock() + seconds * 1000);
    },
    pausedSeconds: () => Math.max(0, (pausedUntil - clock()) / 1000),
  };
}

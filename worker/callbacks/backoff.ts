/** When a callback that failed is tried again. */
export interface RetrySchedule {
  /** Before each retry in turn; after the last there is none. */
  stepsSeconds: readonly number[];
  /** Each step is longer or shorter by up to this share of it, so that what failed together does not return together. */
  jitter: number;
}

export interface Failure {
  /** 1 for the first. */
  attempt: number;
  /** What the receiver asked for, or null. */
  retryAfterSeconds: number | null;
}

/** A receiver may ask for longer than the step, up to so many times it. */
const longestOfStep = 2;

/**
 * Seconds until the next attempt, or null where none is left. A receiver that asks for more time is given it, within
 * bounds; one that asks for less is not: the schedule is what keeps a fault from becoming a flood. `random` is from 0
 * up to 1.
 */
export function retryInSeconds(
  { stepsSeconds, jitter }: RetrySchedule,
  { attempt, retryAfterSeconds }: Failure,
  random: number,
): number | null {
  const step = stepsSeconds[attempt - 1];
  if (step === undefined) return null;
  const ours = step * (1 + jitter * (2 * random - 1));
  return Math.max(ours, Math.min(retryAfterSeconds ?? 0, longestOfStep * step));
}

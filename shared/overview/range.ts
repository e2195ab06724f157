import * as v from "valibot";

/** How far back a chart goes. */
export const ranges = ["1h", "6h", "24h", "7d", "30d"] as const;

export type Range = (typeof ranges)[number];

export const RangeSchema = v.picklist(ranges);

/** The steps that are kept, in seconds: each begins with one of the one before. */
export type Step = 60 | 300 | 900 | 3600 | 14_400;

interface Scale {
  seconds: number;
  /** Of counts. */
  stepSeconds: Step;
  /** Of times from accept to provider: fewer, as each has many numbers to read. */
  coarseSeconds: Step;
}

const hour = 3600;
const day = 24 * hour;

const scales: Readonly<Record<Range, Scale>> = {
  "1h": { seconds: hour, stepSeconds: 60, coarseSeconds: 60 },
  "6h": { seconds: 6 * hour, stepSeconds: 60, coarseSeconds: 300 },
  "24h": { seconds: day, stepSeconds: 300, coarseSeconds: 900 },
  "7d": { seconds: 7 * day, stepSeconds: 900, coarseSeconds: hour },
  "30d": { seconds: 30 * day, stepSeconds: hour, coarseSeconds: 14_400 },
};

/** The steps of a chart. */
export interface ChartSteps {
  stepSeconds: Step;
  from: Date;
  to: Date;
  /** When each begins, in seconds since 1970, oldest first. */
  times: number[];
}

/** Those until the last whole minute at an instant; of the longer ones the last may not be over. */
export function stepsOf(range: Range, at: Date): ChartSteps {
  const { seconds, stepSeconds } = scales[range];
  return steps(seconds, stepSeconds, at);
}

/** The same, fewer. */
export function coarseStepsOf(range: Range, at: Date): ChartSteps {
  const { seconds, coarseSeconds } = scales[range];
  return steps(seconds, coarseSeconds, at);
}

function steps(seconds: number, stepSeconds: Step, at: Date): ChartSteps {
  const minute = Math.floor(at.getTime() / 60_000) * 60;
  const end = Math.ceil(minute / stepSeconds) * stepSeconds;
  const start = end - seconds;
  const times = Array.from({ length: seconds / stepSeconds }, (_, n) => start + n * stepSeconds);
  return { stepSeconds, from: new Date(start * 1000), to: new Date(end * 1000), times };
}

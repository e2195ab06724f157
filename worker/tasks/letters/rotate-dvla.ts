import { lockCredentials, unlockCredentials } from "../../../shared/provider/credentials.ts";
import type { WorkerDeps } from "../../deps.ts";
import { provider } from "../../letters/http/credentials.ts";
import type { Dvla } from "../../letters/http/dvla.ts";

/** Longer than the few calls take. */
const lockSeconds = 60;

/** Whether a time is on the first Tuesday of its month (UTC). Both fields of a cron expression could not say it. */
export function isFirstTuesday(at: Date): boolean {
  return at.getUTCDay() === 2 && at.getUTCDate() <= 7;
}

/** Whether a time is on the day after the first Tuesday of its month (UTC). */
export function isWednesdayAfter(at: Date): boolean {
  return at.getUTCDay() === 3 && at.getUTCDate() >= 2 && at.getUTCDate() <= 8;
}

/**
 * Changes one of DVLA's credentials while nobody else does. A lock that is taken means that somebody is at it: nothing
 * is done. Answers with a line for `task_runs`.
 */
export async function rotate(
  { sql, dvla, now }: WorkerDeps,
  change: (dvla: Dvla) => Promise<string>,
): Promise<string> {
  if (!dvla) return "DVLA is not called by HTTP";
  if (!(await lockCredentials(sql, provider, { at: now(), seconds: lockSeconds }))) {
    return "Left to another worker";
  }
  try {
    return await change(dvla);
  } finally {
    await unlockCredentials(sql, provider);
  }
}

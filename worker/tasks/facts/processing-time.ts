import { listUntimedDays, replaceProcessingTime } from "../../../shared/facts/processing-time.ts";
import { addDays } from "../../../shared/time/calendar.ts";
import { londonDate } from "../../../shared/time/london.ts";
import type { WorkerDeps } from "../../deps.ts";

/** Notes how fast the messages of yesterday, and of days before it that were missed, were handed on. */
export async function saveProcessingTime(
  { sql }: WorkerDeps,
  signal: AbortSignal,
  dueAt: string,
): Promise<string> {
  const days = await listUntimedDays(sql, addDays(londonDate(new Date(dueAt)), -1));
  let messages = 0;
  for (const day of days) messages += (await replaceProcessingTime(sql, day, signal)).total;
  return `Timed ${messages} messages of ${days.length} days`;
}

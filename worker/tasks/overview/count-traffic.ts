import { countMinutes } from "../../../shared/overview/count-traffic.ts";
import { deleteOldTraffic } from "../../../shared/overview/old-traffic.ts";
import type { WorkerDeps } from "../../deps.ts";

/** After a gap no run counts more than about an hour: the next ones go on. */
const mostSpans = 6;
/** More than comes in within a minute, so that what is too old goes as fast. */
const mostDeleted = 10_000;

/** Counts what happened to messages in the minutes that are over, and deletes counts that no chart shows any more. */
export async function countTraffic({ sql, now }: WorkerDeps, signal: AbortSignal): Promise<string> {
  const first = await countMinutes(sql, now());
  let last = first;
  for (let spans = 1; !last.isDone && spans < mostSpans; spans++) {
    signal.throwIfAborted();
    last = await countMinutes(sql, now());
  }
  const deleted = await deleteOldTraffic(sql, mostDeleted);
  return `Counted from ${first.from.toISOString()} to ${last.to.toISOString()}, deleted ${deleted} old counts`;
}

import { describeNew, lookAgain } from "../../shared/notification/search-blocks.ts";
import type { WorkerDeps } from "../deps.ts";

/** Statements of one run: of one service's notifications, some 250,000. */
const steps = 500;

/** Describes notifications for whoever searches, and looks again at those it described. */
export async function describeNotifications(
  { sql, now }: Pick<WorkerDeps, "sql" | "now">,
  signal: AbortSignal,
): Promise<string> {
  const at = now();
  const written = await describeNew(sql, { now: at, steps, signal });
  let seen = 0;
  for (let step = 0; step < steps; step++) {
    signal.throwIfAborted();
    const count = await lookAgain(sql, at);
    if (count === 0) break;
    seen += count;
  }
  return `Described notifications in ${written} blocks, and looked at ${seen} again`;
}

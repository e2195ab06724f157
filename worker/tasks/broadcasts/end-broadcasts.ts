import { requestPublication } from "../../../shared/broadcast/publish.ts";
import { endOver } from "../../../shared/broadcast/watching.ts";
import type { WorkerDeps } from "../../deps.ts";

/** Completes the emergency alerts that are over, and has the public's list made anew. Answers a line for `task_runs`. */
export async function endBroadcasts({
  broadcasts: { sql },
  now,
}: Pick<WorkerDeps, "broadcasts" | "now">): Promise<string> {
  const ended = await sql.begin(async (tx) => {
    const count = await endOver(tx, now());
    if (count > 0) await requestPublication(tx);
    return count;
  });
  return `Completed ${ended} alerts`;
}

import { listUnresolved } from "../../shared/notification/sweeps.ts";
import type { WorkerDeps } from "../deps.ts";
import { changeStatus } from "./finish.ts";

const threeDaysSeconds = 259_200;
const batch = 1000;

/** Ends what providers took and never reported on, and tells the services (`spec/schedule.md` 3). */
export async function timeOutSending(deps: WorkerDeps, signal: AbortSignal): Promise<string> {
  let ended = 0;
  for (;;) {
    signal.throwIfAborted();
    const notifications = await listUnresolved(deps.sql, {
      olderThanSeconds: threeDaysSeconds,
      limit: batch,
    });
    const changes = await Promise.allSettled(
      notifications.map((notification) =>
        changeStatus(deps, notification, {
          to: "temporary-failure",
          reason: "No receipt came in time",
          by: null,
        }),
      ),
    );
    const changed = changes.filter((change) => change.status === "fulfilled" && change.value).length;
    ended += changed;
    // One that cannot be ended is no reason to leave the others; it is tried again while others are found with it.
    const fault = changes.find((change) => change.status === "rejected");
    if (fault && (changed === 0 || notifications.length < batch)) throw fault.reason;
    if (notifications.length < batch) return `Ended ${ended} notifications`;
  }
}

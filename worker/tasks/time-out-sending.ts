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
    const changed = await Promise.all(
      notifications.map((notification) =>
        changeStatus(deps, notification, {
          to: "temporary-failure",
          reason: "No receipt came in time",
          by: null,
        }),
      ),
    );
    ended += changed.filter(Boolean).length;
    if (notifications.length < batch) return `Ended ${ended} notifications`;
  }
}

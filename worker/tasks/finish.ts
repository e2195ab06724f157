import { deliveryStatusCallback } from "../../shared/callback/delivery-status.ts";
import type { Changeable } from "../../shared/notification/changeable.ts";
import type { Status } from "../../shared/notification/notification.ts";
import type { Step } from "../../shared/notification/timeline.ts";
import type { WorkerDeps } from "../deps.ts";

export interface Ending {
  to: Status;
  reason: string | null;
  /** The provider that said so. */
  by: string | null;
  /** What led to it, for the timeline; where a receipt is among it, that tells the end too. */
  steps?: readonly Step[];
}

/**
 * Moves a notification from the status it was read with and queues its callback in the same commit. False where it
 * has moved meanwhile: read again and decide again.
 */
export async function changeStatus(
  { store, cipher, now }: WorkerDeps,
  notification: Changeable,
  { to, reason, by, steps = [] }: Ending,
): Promise<boolean> {
  const at = now();
  const callback = await deliveryStatusCallback(notification, to, at, cipher);
  const end: Step = { kind: "end", at, status: to, reason };
  return await store.change({
    id: notification.id,
    isHistory: notification.to === null,
    from: notification.status,
    to,
    at,
    reason,
    by,
    steps: steps.some(({ kind }) => kind === "receipt") ? steps : [...steps, end],
    callback: callback && { ...callback, data: { ...callback.data, reportedAt: reportedAt(steps) } },
  });
}

/** Of the receipt that led to it; undefined where none did. */
function reportedAt(steps: readonly Step[]): string | undefined {
  return steps.find(({ kind }) => kind === "receipt")?.at.toISOString();
}

/** Ends an unsent notification for good. Does nothing to one that was sent or ended meanwhile. */
export async function failUnsent(
  deps: WorkerDeps,
  notificationId: string,
  reason: string,
  steps: readonly Step[] = [],
): Promise<void> {
  const notification = await deps.store.find(notificationId);
  if (notification?.status !== "created") return;
  await changeStatus(deps, notification, { to: "technical-failure", reason, by: null, steps });
}

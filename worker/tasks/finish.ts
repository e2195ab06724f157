import { deliveryStatusCallback } from "../../shared/callback/delivery-status.ts";
import type { Changeable } from "../../shared/notification/change.ts";
import type { Status } from "../../shared/notification/notification.ts";
import type { WorkerDeps } from "../deps.ts";

export interface Ending {
  to: Status;
  reason: string | null;
  /** The provider that said so. */
  by: string | null;
}

/**
 * Moves a notification from the status it was read with and queues its callback in the same commit. False where it
 * has moved meanwhile: read again and decide again.
 */
export async function changeStatus(
  { store, cipher, now }: WorkerDeps,
  notification: Changeable,
  { to, reason, by }: Ending,
): Promise<boolean> {
  const at = now();
  const callback = await deliveryStatusCallback(notification, to, at, cipher);
  return await store.change({ id: notification.id, from: notification.status, to, at, reason, by, callback });
}

/** Ends an unsent notification for good. Does nothing to one that was sent or ended meanwhile. */
export async function failUnsent(deps: WorkerDeps, notificationId: string, reason: string): Promise<void> {
  const notification = await deps.store.find(notificationId);
  if (notification?.status !== "created") return;
  await changeStatus(deps, notification, { to: "technical-failure", reason, by: null });
}

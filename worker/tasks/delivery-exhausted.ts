import type { Payload } from "../../shared/queue/jobs.ts";
import { RetryIn } from "../consume.ts";
import type { WorkerDeps } from "../deps.ts";
import { failUnsent } from "./finish.ts";
import { letterExhausted } from "./letters/letter-exhausted.ts";

/** Ends a notification whose delivery has used up its retries, and tells its service. */
export async function deliveryExhausted(
  { notificationId }: Payload<"delivery-exhausted">,
  deps: WorkerDeps,
): Promise<void> {
  const notification = await deps.store.find(notificationId);
  if (notification?.channel === "letter") return await letterExhausted(notification, deps);
  const claim = await deps.store.claim(notificationId);
  // Its last attempt may still be at a provider, and succeed.
  if (claim.outcome === "busy") throw new RetryIn(deps.claimSeconds, "A worker has this notification");
  if (claim.outcome === "handled") return;
  deps.log.error({ notificationId }, "Delivery failed: no retries are left");
  await failUnsent(deps, notificationId, "No provider took it in all its retries");
}

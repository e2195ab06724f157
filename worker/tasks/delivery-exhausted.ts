import type { Payload } from "../../shared/queue/jobs.ts";
import type { WorkerDeps } from "../deps.ts";
import { failUnsent } from "./finish.ts";

/** Ends a notification whose delivery has used up its retries, and tells its service. */
export async function deliveryExhausted(
  { notificationId }: Payload<"delivery-exhausted">,
  deps: WorkerDeps,
): Promise<void> {
  deps.log.error({ notificationId }, "Delivery failed: no retries are left");
  await failUnsent(deps, notificationId, "No provider took it in all its retries");
}

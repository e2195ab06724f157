import type { Claimed } from "../../shared/notification/delivery.ts";
import type { NewJob } from "../../shared/queue/enqueue.ts";
import type { Payload } from "../../shared/queue/jobs.ts";
import { RetryIn } from "../consume.ts";
import type { WorkerDeps } from "../deps.ts";
import { readMessage } from "./deliver.ts";
import { renderText } from "./deliver-sms.ts";
import { failUnsent } from "./finish.ts";

/**
 * Test keys: nothing is sent, and a receipt such as a provider would send is queued with the change to `sending`, so
 * that all after it is the real path (`spec/delivery.md` 1.3).
 */
export async function deliverResearch(
  { notificationId }: Payload<"deliver-research">,
  deps: WorkerDeps,
): Promise<void> {
  const claim = await deps.store.claim(notificationId);
  if (claim.outcome === "busy") throw new RetryIn(deps.claimSeconds, "Another worker has this notification");
  if (claim.outcome === "handled") return;
  const { notification } = claim;
  if (!notification.service.active) {
    await failUnsent(deps, notificationId, "The service is inactive");
    return;
  }
  const at = deps.now();
  const reference = notification.channel === "email" ? crypto.randomUUID() : null;
  await deps.store.sent({
    id: notificationId,
    by: notification.channel === "email" ? "ses" : "mmg",
    at,
    status: "sending",
    reference,
    billableUnits:
      notification.channel === "sms" ? renderText(await readMessage(deps, notification)).fragments : 0,
    next: inventReceipt(notification, reference, at),
  });
}

/** Matched on the recipient as it was typed, so that a space inside a number defeats it, as it does in Notify. */
function inventReceipt({ id, to }: Claimed, reference: string | null, at: Date): NewJob {
  const receivedAt = at.toISOString();
  if (reference === null) {
    const [providerStatus, detail] = mmgOutcome(to);
    return {
      name: "sms-receipts",
      data: {
        v: 1,
        provider: "mmg",
        reference: id,
        providerStatus,
        detail,
        deliveredAt: receivedAt,
        receivedAt,
      },
    };
  }
  const email = {
    v: 1 as const,
    provider: "ses" as const,
    reference,
    eventId: reference,
    mailedAt: receivedAt,
    happenedAt: receivedAt,
    receivedAt,
  };
  const bounceType = bounces.get(to);
  return {
    name: "ses-receipts",
    data: bounceType
      ? { ...email, type: "bounce", bounceType, bounceSubType: "General", remoteMtaIp: null }
      : { ...email, type: "delivery" },
  };
}

function mmgOutcome(to: string): readonly [status: string, substatus: string | null] {
  if (to.endsWith("7700900003")) return ["4", "6"];
  if (to.endsWith("7700900002")) return ["5", "6"];
  return ["3", "5"];
}

const bounces: ReadonlyMap<string, string> = new Map([
  ["perm-fail@simulator.notify", "Permanent"],
  ["temp-fail@simulator.notify", "Transient"],
]);

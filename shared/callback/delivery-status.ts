import type { Cipher } from "../encryption.ts";
import type { Changeable } from "../notification/changeable.ts";
import type { Status } from "../notification/notification.ts";
import type { NewJob } from "../queue/enqueue.ts";
import { toTimestamp } from "../time/timestamp.ts";
import { callbackJob } from "./job.ts";
import { pythonJson } from "./python-json.ts";

/** What a service is told when a notification is finished; `spec/callbacks.md` 2, in its order. */
function deliveryStatusBody(notification: Changeable, status: Status, at: Date): string {
  return pythonJson([
    ["id", notification.id],
    ["reference", notification.clientReference],
    // Unknown where only its history is left.
    ["to", notification.to],
    ["status", status],
    ["created_at", toTimestamp(notification.createdAt)],
    ["completed_at", toTimestamp(at)],
    ["sent_at", notification.sentAt && toTimestamp(notification.sentAt)],
    ["notification_type", notification.channel],
    ["template_id", notification.templateId],
    ["template_version", notification.templateVersion],
  ]);
}

/** The job that tells it; its body is encrypted, because jobs outlive rows. Null where nobody asked to be told. */
export async function deliveryStatusCallback(
  notification: Changeable,
  status: Status,
  at: Date,
  cipher: Cipher,
): Promise<NewJob<"service-callbacks"> | null> {
  // Of letters services hear only that they came back (`spec/letters.md` 5.4).
  if (notification.channel === "letter") return null;
  // `pending` and `sending` may change yet; Notify has told only of ends since October 2018.
  if (!notification.hasCallback || !told.has(status)) return null;
  const { id, serviceId } = notification;
  const body = deliveryStatusBody(notification, status, at);
  return await callbackJob({ type: "delivery_status", serviceId, subjectId: id, body }, cipher);
}

const told: ReadonlySet<Status> = new Set<Status>([
  "delivered",
  "permanent-failure",
  "temporary-failure",
  "technical-failure",
]);

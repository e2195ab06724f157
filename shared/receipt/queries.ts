import type { Db } from "../database.ts";
import type { Changeable } from "../notification/change.ts";
import type { SesReceipt } from "./payload.ts";

type Complaint = Extract<SesReceipt, { type: "complaint" }>;

/** Stores a recipient's complaint once, however often SNS repeats it. */
export async function storeComplaint(db: Db, notification: Changeable, complaint: Complaint): Promise<void> {
  await db`
    insert into complaints (notification_id, service_id, event_id, ses_feedback_id, complaint_type, complaint_date)
    values (${notification.id}, ${notification.serviceId}, ${complaint.eventId}, ${complaint.feedbackId},
      ${complaint.complaintType}, ${complaint.happenedAt})
    on conflict (event_id) do nothing`;
}

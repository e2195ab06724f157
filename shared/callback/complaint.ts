import type { Cipher } from "../encryption.ts";
import type { Changeable } from "../notification/changeable.ts";
import type { NewJob } from "../queue/enqueue.ts";
import { asciiEmail } from "../recipient/email-address.ts";
import { toTimestamp } from "../time/timestamp.ts";
import { callbackJob } from "./job.ts";
import { pythonJson } from "./python-json.ts";

/** A recipient said that an email was unwanted. */
export interface ComplaintTold {
  id: string;
  /** Null where SES did not say when. */
  happenedAt: Date | null;
  /** When we were told. */
  receivedAt: string;
}

/**
 * The job that tells the email's service, `spec/callbacks.md` 2 in its order. It is about the complaint, not the email,
 * of which there may be several. The address is the one SES was given, which it repeats in `mail.destination`; so
 * receipts need hold none.
 */
export async function complaintCallback(
  { id, happenedAt, receivedAt }: ComplaintTold,
  email: Pick<Changeable, "id" | "serviceId" | "clientReference" | "to">,
  cipher: Cipher,
): Promise<NewJob<"service-callbacks">> {
  const { serviceId } = email;
  const body = pythonJson([
    ["notification_id", email.id],
    ["complaint_id", id],
    ["reference", email.clientReference],
    // Unknown where only its history is left.
    ["to", email.to && asciiEmail(email.to)],
    ["complaint_date", happenedAt && toTimestamp(happenedAt)],
  ]);
  return await callbackJob(
    { type: "complaint", serviceId, subjectId: id, body, reportedAt: receivedAt },
    cipher,
  );
}

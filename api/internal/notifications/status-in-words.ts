import type { Channel, Status } from "../../../shared/notification/notification.ts";

/** What became of a message, as a person reads it (`formatted_status` in Notify's `models.py`). */
export function statusInWords(channel: Channel, status: Status): string {
  return words[channel][status] ?? common[status];
}

const common: Record<Status, string> = {
  cancelled: "Cancelled",
  created: "Sending",
  sending: "Sending",
  sent: "Delivered",
  delivered: "Delivered",
  pending: "Sending",
  failed: "Failed",
  "technical-failure": "Technical failure",
  "temporary-failure": "Temporary failure",
  "permanent-failure": "Permanent failure",
  "pending-virus-check": "Pending virus check",
  "validation-failed": "Validation failed",
  "virus-scan-failed": "Virus scan failed",
  "returned-letter": "Returned",
};

const words: Record<Channel, Partial<Record<Status, string>>> = {
  sms: {
    "temporary-failure": "Phone not accepting messages right now",
    "permanent-failure": "Phone number doesn’t exist",
    sent: "Sent internationally",
  },
  email: {
    "temporary-failure": "Inbox not accepting messages right now",
    "permanent-failure": "Email address doesn’t exist",
  },
  letter: { created: "Accepted", sending: "Accepted", delivered: "Received" },
};

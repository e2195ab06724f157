import type { KeyType } from "../service/service.ts";

/** Notify's words, `spec/data-model.md` 2. */
export const statuses = [
  "cancelled",
  "created",
  "sending",
  "sent",
  "delivered",
  "pending",
  "failed",
  "technical-failure",
  "temporary-failure",
  "permanent-failure",
  "pending-virus-check",
  "validation-failed",
  "virus-scan-failed",
  "returned-letter",
] as const;

export type Status = (typeof statuses)[number];

export type Channel = "sms" | "email";

/** What one accepted request stores. */
export interface NewNotification {
  id: string;
  serviceId: string;
  templateId: string;
  templateVersion: number;
  apiKeyId: string;
  keyType: KeyType;
  channel: Channel;
  /** As the client wrote it, without outer and invisible whitespace. */
  to: string;
  /** Phone: digits with country code. Email: lower case. */
  normalisedTo: string;
  clientReference: string | null;
  /** The request's personalisation as JSON text; null when there is none. Encrypted before it is stored. */
  personalisation: string | null;
  /** The text sender or reply-to address, frozen at this moment. */
  replyToText: string | null;
  unsubscribeLink: string | null;
  international: boolean;
  phonePrefix: string | null;
  rateMultiplier: number | null;
  createdAt: Date;
}

/** A stored notification as the API shows it. */
export interface Notification {
  id: string;
  serviceId: string;
  channel: Channel;
  status: Status;
  keyType: KeyType;
  to: string;
  clientReference: string | null;
  /** JSON text, decrypted; null when there is none. */
  personalisation: string | null;
  unsubscribeLink: string | null;
  template: StoredTemplate;
  billableUnits: number;
  rateMultiplier: number | null;
  createdAt: Date;
  sentAt: Date | null;
  updatedAt: Date | null;
}

/** One version of a template. */
export interface StoredTemplate {
  id: string;
  version: number;
  type: "sms" | "email" | "letter";
  name: string;
  content: string;
  subject: string | null;
  archived: boolean;
  hidden: boolean;
  hasUnsubscribeLink: boolean;
}

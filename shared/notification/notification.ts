import type { DomesticPostage, Postage } from "../recipient/postage.ts";
import type { KeyType } from "../service/service.ts";
import type { StoredFile } from "../storage/storage.ts";

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

export type Channel = "sms" | "email" | "letter";

/** What one accepted request stores. */
export interface NewNotification {
  id: string;
  serviceId: string;
  templateId: string;
  templateVersion: number;
  /** Null: a person sent it by themselves. */
  apiKeyId: string | null;
  keyType: KeyType;
  channel: Channel;
  /** As the client wrote it, without outer and invisible whitespace; of a letter the address's lines as printed. */
  to: string;
  /** Phone: digits with country code. Email: lower case. Letter: its address in lower case without whitespace. */
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
  /** What a letter has beyond that; null for what is none. */
  letter: NewLetter | null;
}

/** What one accepted letter stores beside its notification. */
export interface NewLetter {
  /** What the printer knows it by. */
  reference: string;
  postage: Postage;
  /** The PDF as the service made it, encrypted; `kept` where it is stored already, null where we render a template. */
  original: StoredFile | "kept" | null;
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
  /** Of the person who sent it by themselves; null where a key or a spreadsheet did. */
  createdByName: string | null;
  template: StoredTemplate;
  billableUnits: number;
  rateMultiplier: number | null;
  createdAt: Date;
  sentAt: Date | null;
  updatedAt: Date | null;
  /** Null for what is no letter. */
  postage: Postage | null;
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

/** A template with what sending must know beyond its text. */
export interface SendableTemplate extends StoredTemplate {
  /** Null unless it is a letter. */
  postage: DomesticPostage | null;
  /** Who a letter says it comes from; null where nobody. */
  contactBlock: string | null;
}

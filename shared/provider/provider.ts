/**
 * What became of one request to a provider. A client answers with one of these and throws only when the caller's
 * own signal aborts it.
 */
export type SendResult =
  /** The provider has it. `reference` is the provider's id when its receipts carry that, else null. */
  | { outcome: "accepted"; reference: string | null }
  /** No further attempt can succeed: the request itself is at fault. */
  | { outcome: "rejected"; reason: string }
  /** Another attempt, or another provider, may succeed. */
  | { outcome: "unavailable"; reason: string };

/** Reasons never hold a credential, a recipient or content: they may be logged. */
export interface SmsProvider {
  readonly name: string;
  readonly supportsInternational: boolean;
  send(text: SmsMessage, signal: AbortSignal): Promise<SendResult>;
}

export interface SmsMessage {
  /** Digits with country code, no plus. */
  to: string;
  /** As it goes out: rendered, prefixed, in an alphabet that texts can carry. */
  body: string;
  sender: string;
  /** The notification's id, which the receipt brings back. */
  reference: string;
  international: boolean;
}

export interface EmailProvider {
  readonly name: string;
  /** False where no receipt ever comes: what it accepted then counts as delivered. */
  readonly reports: boolean;
  send(email: EmailMessage, signal: AbortSignal): Promise<SendResult>;
}

export interface Sender {
  /** For display, in any alphabet. */
  name: string;
  address: string;
}

/** Addresses are ASCII already. */
export interface EmailMessage {
  to: string;
  from: Sender;
  replyTo: string | null;
  subject: string;
  text: string;
  html: string;
  /** Becomes the List-Unsubscribe header, answered in one click (RFC 8058). */
  unsubscribeUrl: string | null;
  /** The notification's id. */
  reference: string;
}

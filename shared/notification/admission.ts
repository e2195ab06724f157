import type { KeyType } from "../service/service.ts";
import type { Channel, NewNotification } from "./notification.ts";

/**
 * One send request at the door. Each takes a token of its service's bucket, valid or not (Notify checks the
 * rate before it reads the body); only one with a notification is counted against the day and stored.
 */
export interface Admission {
  serviceId: string;
  keyType: KeyType;
  channel: Channel;
  /** Requests a minute. */
  rateLimit: number;
  /** Messages of this channel a UTC day. */
  dailyLimit: number;
  /** Texts to country codes other than 44 a UTC day. */
  internationalLimit: number;
  /** Null: the request was refused for its content, or goes to a simulated recipient. */
  notification: NewNotification | null;
  /** True for a number whose country code is not 44. */
  countsAsInternational: boolean;
  /** What it takes of the bucket: 2, where Notify looks at it twice. */
  tokens: 1 | 2;
  /** Files that the notification links to. */
  documents: readonly KeptDocument[];
  /** Null: came without an `Idempotency-Key`. */
  idempotency: Idempotency | null;
}

/** A file that is stored already, and kept until then once its notification is stored too. */
export interface KeptDocument {
  id: string;
  expiresAt: Date;
}

/** What came as an `Idempotency-Key`, and what is to be answered when it comes again. */
export interface Idempotency {
  /** Known for 24 hours, to its service and key type only. */
  key: string;
  /** SHA-256 as hex, of what makes two requests the same. */
  fingerprint: string;
  /** The answer's body where it will be a 201; null: the key is looked up but not kept. */
  response: string | null;
}

/**
 * `null`: admitted, and stored when there was something to store. An object: the key is known, and this was answered
 * then. `other`: it is known, but its request was another.
 */
export type Refusal = null | "rate" | "daily" | "international" | "other" | Replay;

export interface Replay {
  response: string;
}

/** Throws when the database cannot be reached in time. */
export type Admit = (admission: Admission) => Promise<Refusal>;

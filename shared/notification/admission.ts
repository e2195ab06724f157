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
}

/** `null`: admitted, and stored when there was something to store. */
export type Refusal = null | "rate" | "daily" | "international";

/** Throws when the database cannot be reached in time. */
export type Admit = (admission: Admission) => Promise<Refusal>;

import type { Db } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import { personalisationOf } from "./admit.ts";
import { toStored } from "./admit-group.ts";
import type { NewNotification } from "./notification.ts";

/** A message that a person sends by themselves. */
export interface OneOff {
  notification: NewNotification;
  createdById: string;
  /** Messages of its channel a UTC day. */
  dailyLimit: number;
  /** Texts to country codes other than 44 a UTC day. */
  internationalLimit: number;
  /** True for a number whose country code is not 44. */
  countsAsInternational: boolean;
}

/** Counts it against its service's day and stores it with its job, in one statement; null, or which limit is reached. */
export async function sendOneOff(
  db: Db,
  cipher: Cipher,
  { notification, createdById, dailyLimit, internationalLimit, countsAsInternational }: OneOff,
): Promise<"daily" | "international" | null> {
  const { id, serviceId, channel, personalisation, createdAt } = notification;
  const sealed = personalisation && (await cipher.encrypt(personalisation, personalisationOf(id)));
  const { row, job, letter } = toStored(0, notification, sealed);
  const request = {
    service_id: serviceId,
    kind: channel,
    daily_limit: dailyLimit,
    international_limit: internationalLimit,
    international: countsAsInternational,
  };
  const [answer] = await db<{ refusal: "daily" | "international" | null }[]>`
    select send_one_off(${JSON.stringify(request)}::text::json, ${JSON.stringify([row])}::text::json,
      ${JSON.stringify([job])}::text::json, ${letter && JSON.stringify([letter])}::text::json, ${createdById},
      ${createdAt}) as refusal`;
  return answer?.refusal ?? null;
}

/** Who sends a message by themselves. */
export interface SendingPerson {
  name: string;
  /** Of the service it is sent for. */
  isMember: boolean;
}

/** Null where nobody is known by that id. */
export async function findSendingPerson(
  db: Db,
  serviceId: string,
  userId: string,
): Promise<SendingPerson | null> {
  const [person] = await db<SendingPerson[]>`
    select u.name, exists (
      select from user_to_service m where m.user_id = u.id and m.service_id = ${serviceId}) as "isMember"
    from users u where u.id = ${userId}`;
  return person ?? null;
}

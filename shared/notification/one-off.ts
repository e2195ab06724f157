import type { Db } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import { personalisationOf } from "./admit.ts";
import { toStored } from "./admit-group.ts";
import type { NewNotification } from "./notification.ts";

/** A message that a person sends by themselves, or the platform does. */
export interface OneOff {
  notification: NewNotification;
  /** Null: nobody. */
  createdById: string | null;
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
  message: OneOff,
): Promise<"daily" | "international" | null> {
  const [refusal = null] = await sendOneOffs(db, cipher, [message]);
  return refusal;
}

/** The same of several, each by itself, in their order. */
export async function sendOneOffs(
  db: Db,
  cipher: Cipher,
  messages: readonly OneOff[],
): Promise<("daily" | "international" | null)[]> {
  if (messages.length === 0) return [];
  const asked = await Promise.all(messages.map((message, n) => toAsked(n, message, cipher)));
  const answers = await db<{ refusal: "daily" | "international" | null }[]>`
    select send_one_off(m.request, m.stored, m.queued, m.letters, m.sender, m.moment) as refusal
    from json_to_recordset(${JSON.stringify(asked)}::text::json) as m (n integer, request json, stored json,
      queued json, letters json, sender uuid, moment timestamptz)
    order by m.n`;
  return answers.map(({ refusal }) => refusal);
}

async function toAsked(n: number, message: OneOff, cipher: Cipher) {
  const { notification, createdById, dailyLimit, internationalLimit, countsAsInternational } = message;
  const { id, serviceId, channel, personalisation, createdAt } = notification;
  const sealed = personalisation && (await cipher.encrypt(personalisation, personalisationOf(id)));
  const { row, job, letter } = toStored(0, notification, sealed);
  return {
    n,
    request: {
      service_id: serviceId,
      kind: channel,
      daily_limit: dailyLimit,
      international_limit: internationalLimit,
      international: countsAsInternational,
    },
    stored: [row],
    queued: [job],
    letters: letter && [letter],
    sender: createdById,
    moment: createdAt,
  };
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

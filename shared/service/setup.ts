import type { Db } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import { type GuestType, guestTypeOf, roomFor } from "../recipient/guest-list.ts";
import { apiKeySecretOf } from "./queries.ts";
import type { KeyType } from "./service.ts";

export interface NewService {
  name: string;
  restricted: boolean;
  smsSender: string;
  /** Null: answers to emails go nowhere. */
  replyTo: string | null;
}

/** What a new service may do. */
export const newServicePermissions = ["sms", "email", "letter", "international_sms", "international_letters"];

/** Answers the new service's id. Throws a data fault where the name is taken. */
export async function createService(
  db: Db,
  { name, restricted, smsSender, replyTo }: NewService,
): Promise<string> {
  const id = crypto.randomUUID();
  const localPart = normaliseServiceName(name);
  await db`
    insert into services (id, name, normalised_name, email_sender_local_part, restricted)
    values (${id}, ${name}, ${localPart}, ${localPart}, ${restricted})`;
  await db`insert into service_permissions (service_id, permission) select ${id}, unnest(${newServicePermissions}::text[])`;
  await db`insert into service_sms_senders (service_id, sms_sender) values (${id}, ${smsSender})`;
  if (replyTo !== null) {
    await db`insert into service_email_reply_to (service_id, email_address) values (${id}, ${replyTo})`;
  }
  return id;
}

/** What two services may not share, and the local part of a service's address (`spec/data-model.md` 3.1). */
export function normaliseServiceName(name: string): string {
  return name
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .trim()
    .replace(/\s+/g, ".")
    .replace(/[^\p{L}\p{N}.]/gu, "")
    .toLowerCase()
    .replace(/\.{2,}/g, ".")
    .replace(/^\.+|\.+$/g, "");
}

/** Makes a key and answers it as clients take it, `{name}-{service id}-{secret}`: it is never shown again. */
export async function createApiKey(
  db: Db,
  cipher: Cipher,
  { serviceId, name, type }: { serviceId: string; name: string; type: KeyType },
): Promise<string> {
  const id = crypto.randomUUID();
  const secret = crypto.randomUUID();
  await db`
    insert into api_keys (id, service_id, name, secret, key_type)
    values (${id}, ${serviceId}, ${name}, ${await cipher.encrypt(secret, apiKeySecretOf(id))}, ${type})`;
  return `${name}-${serviceId}-${secret}`;
}

/**
 * Lets a service in trial mode, or a team key, send to this phone number or email address, unless it could already, the
 * list is full, or it is neither. Within a transaction no two at once take the last place.
 */
export async function addGuest(
  db: Db,
  serviceId: string,
  recipient: string,
): Promise<"added" | "already" | "full" | "invalid"> {
  const type = guestTypeOf(recipient);
  if (type === null) return "invalid";
  await db`select from services where id = ${serviceId} for no key update`;
  const guests = await db<{ type: GuestType; recipient: string }[]>`
    select recipient_type as type, recipient from service_guest_list where service_id = ${serviceId}`;
  const room = roomFor({ type, recipient }, guests);
  if (room !== "room") return room;
  await db`
    insert into service_guest_list (service_id, recipient_type, recipient)
    values (${serviceId}, ${type}, ${recipient})`;
  return "added";
}

/** Null where there is no such service. */
export async function findServiceName(db: Db, id: string): Promise<string | null> {
  const [row] = await db<{ name: string }[]>`select name from services where id = ${id}`;
  return row?.name ?? null;
}

/** Whether a service may use the API at all. False where there is no such service. */
export async function setServiceActive(db: Db, id: string, active: boolean): Promise<boolean> {
  const rows = await db`
    update services set active = ${active}, updated_at = now() where id = ${id} returning id`;
  return rows.length === 1;
}

/** Where recipients of a service's files turn to; with null it cannot send any. False where there is no such service. */
export async function setContactLink(db: Db, id: string, link: string | null): Promise<boolean> {
  const rows = await db`
    update services set contact_link = ${link}, updated_at = now() where id = ${id} returning id`;
  return rows.length === 1;
}

/** Requests a minute for each type of key, and messages a UTC day. */
export interface ServiceLimits {
  rate: number;
  sms: number;
  email: number;
  letter: number;
  international: number;
}

/** Changes those that are given; answers all of them, or null where there is no such service. */
export async function changeServiceLimits(
  db: Db,
  id: string,
  change: { [Limit in keyof ServiceLimits]?: number | undefined },
): Promise<ServiceLimits | null> {
  const { rate = null, sms = null, email = null, letter = null, international = null } = change;
  const [row] = await db<ServiceLimits[]>`
    update services set rate_limit = coalesce(${rate}::integer, rate_limit),
      sms_message_limit = coalesce(${sms}::bigint, sms_message_limit),
      email_message_limit = coalesce(${email}::bigint, email_message_limit),
      letter_message_limit = coalesce(${letter}::bigint, letter_message_limit),
      international_sms_message_limit = coalesce(${international}::bigint, international_sms_message_limit),
      updated_at = now()
    where id = ${id}
    returning rate_limit as rate, sms_message_limit::float8 as sms, email_message_limit::float8 as email,
      letter_message_limit::float8 as letter, international_sms_message_limit::float8 as international`;
  return row ?? null;
}

/** A key without its secret. */
export interface ApiKeySummary {
  id: string;
  name: string;
  type: KeyType;
  createdAt: Date;
  revokedAt: Date | null;
}

/** Newest first, revoked ones too. */
export async function listApiKeys(db: Db, serviceId: string): Promise<ApiKeySummary[]> {
  return await db<ApiKeySummary[]>`
    select id, name, key_type as type, created_at as "createdAt", expiry_date as "revokedAt"
    from api_keys where service_id = ${serviceId} order by created_at desc, id`;
}

/** False where the service has no such key, or it was revoked before. */
export async function revokeApiKey(db: Db, serviceId: string, id: string): Promise<boolean> {
  const rows = await db`
    update api_keys set expiry_date = now(), updated_at = now()
    where id = ${id} and service_id = ${serviceId} and expiry_date is null
    returning id`;
  return rows.length === 1;
}

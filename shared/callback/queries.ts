import type { Db } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import type { CallbackType } from "../service/callback-types.ts";
import { closeBreaker } from "./health.ts";
import { newSigningSecret } from "./signature.ts";
import { tendSoon } from "./tend.ts";

export interface CallbackTarget {
  id: string;
  url: string;
  /** Encrypted. */
  bearerToken: string;
  /** What signs, newest first; none where no secret was made yet. */
  secrets: readonly SealedSecret[];
  /** Set: nothing is to be sent until it is resumed. */
  suspendedAt: Date | null;
}

export interface SealedSecret {
  /** Encrypted. */
  secret: string;
  /** Null: for good. */
  until: Date | null;
}

/** Where a service wants to hear of one kind of event, or null. */
export async function findCallbackTarget(
  db: Db,
  serviceId: string,
  type: string,
): Promise<CallbackTarget | null> {
  const [row] = await db<(Omit<CallbackTarget, "secrets"> & StoredSecrets)[]>`
    select id, url, bearer_token as "bearerToken", suspended_at as "suspendedAt", signing_secret as secret,
      previous_signing_secret as previous, previous_signing_secret_until as until
    from service_callback_api
    where service_id = ${serviceId} and callback_type = ${type}`;
  if (!row) return null;
  const { secret, previous, until, ...target } = row;
  const secrets: SealedSecret[] = [];
  if (secret !== null) secrets.push({ secret, until: null });
  if (previous !== null) secrets.push({ secret: previous, until });
  return { ...target, secrets };
}

interface StoredSecrets {
  secret: string | null;
  previous: string | null;
  until: Date | null;
}

/** What a stored token's encryption is bound to, in every version of its callback. */
export function bearerTokenOf(callbackId: string): string {
  return `service_callback_api.bearer_token:${callbackId}`;
}

/** What a stored signing secret's encryption is bound to, the current one's and the one's before. */
export function signingSecretOf(callbackId: string): string {
  return `service_callback_api.signing_secret:${callbackId}`;
}

/** A callback as operators see it: without token and secrets. */
export interface CallbackConfig {
  id: string;
  serviceId: string;
  type: CallbackType;
  url: string;
  version: number;
  updatedById: string | null;
  createdAt: Date;
  updatedAt: Date | null;
  /** Whether it has a signing secret. */
  isSigned: boolean;
  /** Until when the secret before signs too. */
  previousSecretUntil: Date | null;
  suspendedAt: Date | null;
  suspendedReason: string | null;
}

/** One callback, named by everything that it is known by: an id alone once changed another type's. */
export interface CallbackKey {
  serviceId: string;
  id: string;
  type: CallbackType;
}

/** Who changes it, and when. */
export interface By {
  /** Null for an operator. */
  updatedById: string | null;
  at: Date;
}

export interface NewCallback {
  serviceId: string;
  type: CallbackType;
  url: string;
  bearerToken: string;
}

export type Created =
  | { outcome: "created"; config: CallbackConfig; signingSecret: string }
  /** The service has one of that type already. */
  | { outcome: "taken" }
  | { outcome: "no-service" };

/** Sets where a service hears of one kind of event, and makes the secret that signs it: it is never shown again. */
export async function createCallback(
  db: Db,
  cipher: Cipher,
  { serviceId, type, url, bearerToken }: NewCallback,
  { updatedById, at }: By,
): Promise<Created> {
  const id = crypto.randomUUID();
  const signingSecret = newSigningSecret();
  const token = await cipher.encrypt(bearerToken, bearerTokenOf(id));
  const secret = await cipher.encrypt(signingSecret, signingSecretOf(id));
  const [config] = await db<CallbackConfig[]>`
    with changed as (
      insert into service_callback_api
        (id, service_id, callback_type, url, bearer_token, signing_secret, updated_by_id, created_at)
      select ${id}::uuid, id, ${type}, ${url}, ${token}, ${secret}, ${updatedById}::uuid, ${at}
      from services where id = ${serviceId}
      on conflict (service_id, callback_type) do nothing
      returning *
    ), kept as (${keep(db, "set", at)})
    select ${shown(db)} from changed`;
  if (config) return { outcome: "created", config, signingSecret };
  const [service] = await db`select from services where id = ${serviceId}`;
  return { outcome: service ? "taken" : "no-service" };
}

export interface CallbackChange {
  url?: string | undefined;
  bearerToken?: string | undefined;
}

/**
 * Changes what is given, for what waits too. With a URL it is called as usual, though it was suspended or spared: that
 * was for how the receiver before did. Null where there is no such callback.
 */
export async function updateCallback(
  db: Db,
  cipher: Cipher,
  { serviceId, id, type }: CallbackKey,
  { url, bearerToken }: CallbackChange,
  { updatedById, at }: By,
): Promise<CallbackConfig | null> {
  const token = bearerToken === undefined ? null : await cipher.encrypt(bearerToken, bearerTokenOf(id));
  const [config] = await db<CallbackConfig[]>`
    with changed as (
      update service_callback_api set url = coalesce(${url ?? null}, url),
        bearer_token = coalesce(${token}, bearer_token),
        suspended_at = case when ${url ?? null}::text is null then suspended_at end,
        suspended_reason = case when ${url ?? null}::text is null then suspended_reason end, version = version + 1,
        updated_by_id = ${updatedById}::uuid, updated_at = ${at}
      where id = ${id} and service_id = ${serviceId} and callback_type = ${type}
      returning *
    ), kept as (${keep(db, "set", at)})
    select ${shown(db)} from changed`;
  if (config && url !== undefined) await callAsUsual(db, id, at);
  return config ?? null;
}

/** What is parked for it is told too. */
async function callAsUsual(db: Db, id: string, at: Date): Promise<void> {
  await closeBreaker(db, id);
  await tendSoon(db, at);
}

/**
 * Sets where a service hears of one kind of event, in place of what was set before. Answers the secret it made, to be
 * shown once; null where the callback was there, with whatever secret it has.
 */
export async function setCallback(
  db: Db,
  cipher: Cipher,
  callback: NewCallback,
  by: By = { updatedById: null, at: new Date() },
): Promise<{ config: CallbackConfig; signingSecret: string | null }> {
  const { serviceId, type } = callback;
  // It may come and go meanwhile: then once more.
  for (let attempt = 1; attempt <= 5; attempt++) {
    const created = await createCallback(db, cipher, callback, by);
    if (created.outcome === "created") return created;
    if (created.outcome === "no-service") throw new Error(`Cannot set a callback: no service ${serviceId}`);
    const target = await findCallbackTarget(db, serviceId, type);
    const config =
      target && (await updateCallback(db, cipher, { serviceId, type, id: target.id }, callback, by));
    if (config) return { config, signingSecret: null };
  }
  throw new Error(`Cannot set a callback of ${serviceId}: it is being set and removed by others`);
}

/** The service is told nothing any more, of what waits neither. False where there is no such callback. */
export async function removeCallback(
  db: Db,
  { serviceId, id, type }: { serviceId: string; type: CallbackType; id?: string },
  at = new Date(),
): Promise<boolean> {
  const removed = await db`
    with changed as (
      delete from service_callback_api
      where service_id = ${serviceId} and callback_type = ${type} ${id === undefined ? db`` : db`and id = ${id}`}
      returning id, version + 1 as version, service_id, callback_type, url, bearer_token, null::uuid as updated_by_id
    ), kept as (${keep(db, "removed", at)})
    select from changed`;
  return removed.length === 1;
}

/** How long the secret before goes on signing beside a new one. */
const overlapMs = 24 * 3600 * 1000;

/**
 * Makes another signing secret, or the first one, to be shown once. For 24 hours the one before signs too; of one that
 * was still doing so for another nothing is left. Null where there is no such callback.
 */
export async function rotateSigningSecret(
  db: Db,
  cipher: Cipher,
  { serviceId, id, type }: CallbackKey,
  { updatedById, at }: By,
): Promise<{ config: CallbackConfig; signingSecret: string } | null> {
  const signingSecret = newSigningSecret();
  const secret = await cipher.encrypt(signingSecret, signingSecretOf(id));
  const until = new Date(at.getTime() + overlapMs);
  const [config] = await db<CallbackConfig[]>`
    with changed as (
      update service_callback_api set signing_secret = ${secret}, previous_signing_secret = signing_secret,
        previous_signing_secret_until = case when signing_secret is not null then ${until}::timestamptz end,
        version = version + 1, updated_by_id = ${updatedById}::uuid, updated_at = ${at}
      where id = ${id} and service_id = ${serviceId} and callback_type = ${type}
      returning *
    ), kept as (${keep(db, "secret-rotated", at)})
    select ${shown(db)} from changed`;
  return config ? { config, signingSecret } : null;
}

/** Sends to a suspended callback again, and to one that is spared at once. Null where there is no such callback. */
export async function resumeCallback(
  db: Db,
  { serviceId, id, type }: CallbackKey,
  { updatedById, at }: By,
): Promise<CallbackConfig | null> {
  const [config] = await db<CallbackConfig[]>`
    with changed as (
      update service_callback_api set suspended_at = null, suspended_reason = null, version = version + 1,
        updated_by_id = ${updatedById}::uuid, updated_at = ${at}
      where id = ${id} and service_id = ${serviceId} and callback_type = ${type}
      returning *
    ), kept as (${keep(db, "resumed", at)})
    select ${shown(db)} from changed`;
  if (!config) return null;
  await callAsUsual(db, id, at);
  return config;
}

/** Null where there is no such callback. */
export async function findCallback(
  db: Db,
  { serviceId, id, type }: CallbackKey,
): Promise<CallbackConfig | null> {
  const [config] = await db<CallbackConfig[]>`
    select ${shown(db)} from service_callback_api
    where id = ${id} and service_id = ${serviceId} and callback_type = ${type}`;
  return config ?? null;
}

/** At most one of each type. */
export async function listCallbacks(db: Db, serviceId: string): Promise<CallbackConfig[]> {
  return await db<CallbackConfig[]>`
    select ${shown(db)} from service_callback_api where service_id = ${serviceId} order by callback_type`;
}

function shown(db: Db) {
  return db`id, service_id as "serviceId", callback_type as type, url, version, updated_by_id as "updatedById",
    created_at as "createdAt", updated_at as "updatedAt", signing_secret is not null as "isSigned",
    previous_signing_secret_until as "previousSecretUntil", suspended_at as "suspendedAt",
    suspended_reason as "suspendedReason"`;
}

/** Copies what `changed` holds to the history, in the statement that changes it. */
function keep(db: Db, change: "set" | "secret-rotated" | "resumed" | "removed", at: Date) {
  return db`
    insert into service_callback_api_history
      (callback_id, version, change, service_id, callback_type, url, bearer_token, updated_by_id, at)
    select id, version, ${change}, service_id, callback_type, url, bearer_token, updated_by_id, ${at}::timestamptz
    from changed`;
}

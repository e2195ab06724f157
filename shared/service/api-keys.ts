import type { Db, Pool } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import { apiKeySecretOf } from "./queries.ts";
import type { KeyType } from "./service.ts";

/** A key as operators' programs see it: never its secret. */
export interface ApiKeyObject {
  id: string;
  name: string;
  type: KeyType;
  createdById: string | null;
  createdAt: Date;
  updatedAt: Date | null;
  expiryDate: Date | null;
  version: number;
}

export interface AskedApiKey {
  serviceId: string;
  name: string;
  type: KeyType;
  createdById: string;
  at: Date;
}

/**
 * Makes a key and answers its secret, which is shown this once. `taken`: a live key has that name, whatever its case;
 * `no-service`: there is none.
 */
export async function createAskedApiKey(
  sql: Pool,
  cipher: Cipher,
  { serviceId, name, type, createdById, at }: AskedApiKey,
): Promise<{ id: string; secret: string } | "taken" | "no-service"> {
  const id = crypto.randomUUID();
  const secret = crypto.randomUUID();
  const sealed = await cipher.encrypt(secret, apiKeySecretOf(id));
  return await sql.begin(async (tx) => {
    // Two keys of one name at once would each find that there is none.
    const service = await tx`select from services where id = ${serviceId} for no key update`;
    if (service.length === 0) return "no-service";
    const alike = await tx`
      select from api_keys where service_id = ${serviceId} and expiry_date is null and lower(name) = lower(${name})`;
    if (alike.length > 0) return "taken";
    await tx`
      insert into api_keys (id, service_id, name, secret, key_type, created_by_id, created_at)
      values (${id}, ${serviceId}, ${name}, ${sealed}, ${type}, ${createdById}, ${at})`;
    return { id, secret };
  });
}

/** Those that can be used, and those revoked since `revokedAfter`; the newest first. */
export async function listApiKeyObjects(
  db: Db,
  serviceId: string,
  revokedAfter: Date,
): Promise<ApiKeyObject[]> {
  return await db<ApiKeyObject[]>`
    select ${columns(db)} from api_keys
    where service_id = ${serviceId} and (expiry_date is null or expiry_date > ${revokedAfter})
    order by created_at desc, id`;
}

/** A key that can be used; null where the service has no such one. */
export async function findApiKeyObject(db: Db, serviceId: string, id: string): Promise<ApiKeyObject | null> {
  const [key] = await db<ApiKeyObject[]>`
    select ${columns(db)} from api_keys
    where service_id = ${serviceId} and id = ${id} and expiry_date is null`;
  return key ?? null;
}

/** Nothing where it was revoked before. False where the service has no such key. */
export async function revokeAskedApiKey(
  db: Db,
  { serviceId, id, at }: { serviceId: string; id: string; at: Date },
): Promise<boolean> {
  const [key] = await db<{ known: boolean }[]>`
    with known as (
      select id from api_keys where service_id = ${serviceId} and id = ${id}
    ), revoked as (
      update api_keys set expiry_date = ${at}, updated_at = ${at}
      where service_id = ${serviceId} and id = ${id} and expiry_date is null
    )
    select exists (select from known) as known`;
  return key?.known ?? false;
}

function columns(db: Db) {
  return db`id, name, key_type as type, created_by_id as "createdById", created_at as "createdAt",
    updated_at as "updatedAt", expiry_date as "expiryDate", version`;
}

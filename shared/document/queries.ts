import type { Db } from "../database.ts";

/** What is kept of a file sent by email, beside its content. */
export interface DocumentRow {
  id: string;
  serviceId: string;
  filename: string | null;
  mimeType: string;
  /** Bytes, before encryption. */
  size: number;
  keyHash: Uint8Array;
  /** Null: anybody with the link may have it. */
  emailHash: Uint8Array | null;
  expiresAt: Date;
}

export async function insertDocuments(db: Db, rows: readonly DocumentRow[]): Promise<void> {
  const values = rows.map((row) => ({
    id: row.id,
    service_id: row.serviceId,
    filename: row.filename,
    mime_type: row.mimeType,
    size: row.size,
    key_hash: row.keyHash,
    email_hash: row.emailHash,
    expires_at: row.expiresAt,
  }));
  await db`insert into documents ${db(values)}`;
}

/** Null where there is none, or not any more. */
export async function findDocument(
  db: Db,
  { serviceId, id, at }: { serviceId: string; id: string; at: Date },
): Promise<DocumentRow | null> {
  const [row] = await db<DocumentRow[]>`
    select id, service_id as "serviceId", filename, mime_type as "mimeType", size, key_hash as "keyHash",
      email_hash as "emailHash", expires_at as "expiresAt"
    from documents where id = ${id} and service_id = ${serviceId} and expires_at > ${at}`;
  return row ?? null;
}

/** Wrong addresses before no more are looked at, and seconds until they are again. */
export const addressAttempts = { most: 10, lockedSeconds: 3600 };

/**
 * Whether the recipient's address has this hash; null where too many were wrong of late. Asking and counting are one
 * statement, so that however many ask at once, no more than `most` are looked at.
 */
export async function tryAddress(
  db: Db,
  { id, emailHash, at }: { id: string; emailHash: Uint8Array; at: Date },
): Promise<boolean | null> {
  const { most, lockedSeconds } = addressAttempts;
  const old = new Date(at.getTime() - lockedSeconds * 1000);
  const [row] = await db<{ isRight: boolean }[]>`
    update documents set
      confirmation_failures = case when email_hash = ${emailHash} then 0
        when last_failure_at > ${old} then confirmation_failures + 1 else 1 end,
      last_failure_at = case when email_hash = ${emailHash} then null else ${at}::timestamptz end
    where id = ${id} and email_hash is not null
      and (confirmation_failures < ${most} or last_failure_at <= ${old})
    returning email_hash = ${emailHash} as "isRight"`;
  return row?.isRight ?? null;
}

/** The longest expired first. */
export async function listExpiredDocuments(
  db: Db,
  { at, limit }: { at: Date; limit: number },
): Promise<string[]> {
  const rows = await db<{ id: string }[]>`
    select id from documents where expires_at <= ${at} order by expires_at limit ${limit}`;
  return rows.map(({ id }) => id);
}

/** Answers how many of them there still were, and expired. */
export async function deleteExpiredDocuments(
  db: Db,
  { ids, at }: { ids: readonly string[]; at: Date },
): Promise<number> {
  const { count } =
    await db`delete from documents where id = any(${[...ids]}::uuid[]) and expires_at <= ${at}`;
  return count;
}

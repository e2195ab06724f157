import type { Db } from "../database.ts";

export type BatchState = "planned" | "uploading" | "placing" | "uploaded" | "acknowledged" | "abandoned";

/** One zip, as people see it. */
export interface LetterBatch {
  id: string;
  runId: string;
  name: string;
  postage: string;
  serviceId: string;
  state: BatchState;
  /** As it was planned. */
  letters: number;
  /** Of those, what was left out. */
  dropped: number;
  bytes: number;
  /** Null until the whole zip was sent. */
  zipBytes: number | null;
  /** While a worker sends it. */
  claimedUntil: Date | null;
  /** Why the last attempt ended, or why it was abandoned. */
  fault: string | null;
  createdAt: Date;
  uploadedAt: Date | null;
  acknowledgedAt: Date | null;
}

function batchColumns(db: Db) {
  return db`b.id, b.run_id as "runId", b.name, b.postage, b.service_id as "serviceId", b.state, b.letters,
    (select count(*)::int from letter_batch_members m where m.batch_id = b.id and m.dropped is not null) as dropped,
    b.bytes::float8 as bytes, b.zip_bytes::float8 as "zipBytes", b.claimed_until as "claimedUntil", b.fault,
    b.created_at as "createdAt", b.uploaded_at as "uploadedAt", b.acknowledged_at as "acknowledgedAt"`;
}

/** By id or name; null where there is none. */
export async function findBatch(db: Db, idOrName: string): Promise<LetterBatch | null> {
  const [row] = await db<LetterBatch[]>`
    select ${batchColumns(db)} from letter_batches b where b.id::text = ${idOrName} or b.name = ${idOrName}`;
  return row ?? null;
}

/** In the order they were planned in. */
export async function listBatches(db: Db, runId: string): Promise<LetterBatch[]> {
  return await db<LetterBatch[]>`
    select ${batchColumns(db)} from letter_batches b where b.run_id = ${runId} order by b.postage, b.number`;
}

/** Names of batches planned before an instant that are not with the printer, the oldest first. */
export async function listUnsentBatches(db: Db, plannedBefore: Date): Promise<string[]> {
  const rows = await db<{ name: string }[]>`
    select name from letter_batches
    where state in ('planned', 'uploading', 'placing') and created_at < ${plannedBefore} order by created_at, name`;
  return rows.map(({ name }) => name);
}

/** A letter of a batch, as people see it. */
export interface BatchLetter {
  position: number;
  notificationId: string;
  fileName: string;
  bytes: number;
  /** Null where its notification is gone. */
  status: string | null;
  live: boolean;
  /** Why it was left out; null where it was not. */
  dropped: string | null;
}

export async function listBatchLetters(
  db: Db,
  { batchId, limit }: { batchId: string; limit: number },
): Promise<BatchLetter[]> {
  return await db<BatchLetter[]>`
    select m.position, m.notification_id as "notificationId", m.file_name as "fileName", m.bytes, n.status, m.live,
      m.dropped
    from letter_batch_members m left join notifications n on n.id = m.notification_id
    where m.batch_id = ${batchId} order by m.position limit ${limit}`;
}

import type { Db } from "../database.ts";
import type { BatchState } from "./batch.ts";
import type { Volume } from "./print-run-volumes.ts";

/* What operators see of printing, in lists. */

export interface ListedBatch {
  id: string;
  runId: string;
  name: string;
  postage: string;
  serviceId: string;
  service: string | null;
  state: BatchState;
  letters: number;
  /** Of its PDFs together. */
  bytes: number;
  fault: string | null;
  createdAt: Date;
  uploadedAt: Date | null;
  acknowledgedAt: Date | null;
}

function selectBatches(db: Db) {
  return db`
    select b.id, b.run_id as "runId", b.name, b.postage, b.service_id as "serviceId", s.name as service, b.state,
      b.letters, b.bytes::float8 as bytes, b.fault, b.created_at as "createdAt", b.uploaded_at as "uploadedAt",
      b.acknowledged_at as "acknowledgedAt"
    from letter_batches b left join services s on s.id = b.service_id`;
}

/** Those that are not sent, or that the printer has not acknowledged, the oldest first. */
export async function listOpenBatches(db: Db, limit: number): Promise<ListedBatch[]> {
  return await db<ListedBatch[]>`
    ${selectBatches(db)} where b.state in ('planned', 'uploading', 'placing', 'uploaded')
    order by b.created_at, b.name limit ${limit}`;
}

/** A run's, by name, after the one of this name. */
export async function listBatchesOfRun(
  db: Db,
  { runId, after, limit }: { runId: string; after: string; limit: number },
): Promise<ListedBatch[]> {
  return await db<ListedBatch[]>`
    ${selectBatches(db)} where b.run_id = ${runId} and b.name > ${after} order by b.name limit ${limit}`;
}

export interface StateCount {
  state: BatchState;
  batches: number;
  letters: number;
  lastSentAt: Date | null;
  lastAcknowledgedAt: Date | null;
}

/** How far a run's batches are. */
export async function countBatchStates(db: Db, runId: string): Promise<StateCount[]> {
  return await db<StateCount[]>`
    select state, count(*)::int as batches, sum(letters)::int as letters, max(uploaded_at) as "lastSentAt",
      max(acknowledged_at) as "lastAcknowledgedAt"
    from letter_batches
    where run_id = ${runId} group by state order by state`;
}

/** Pages and sheets of the letters that a batch has not left out. */
export async function countPages(db: Db, batchId: string): Promise<{ pages: number; sheets: number }> {
  const [row] = await db<{ pages: number; sheets: number }[]>`
    select coalesce(sum(l.pages), 0)::int as pages, coalesce(sum((l.pages + 1) / 2), 0)::int as sheets
    from letter_batch_members m join letters l on l.notification_id = m.notification_id
    where m.batch_id = ${batchId} and m.dropped is null`;
  return row ?? { pages: 0, sheets: 0 };
}

/** A batch's letters after a place in it, each with the service it is of. */
export async function listMembers(
  db: Db,
  { batchId, after, limit }: { batchId: string; after: number; limit: number },
): Promise<Member[]> {
  return await db<Member[]>`
    select m.position, m.notification_id as "notificationId", m.file_name as "fileName", m.bytes, m.dropped, n.status,
      l.pages
    from letter_batch_members m left join notifications n on n.id = m.notification_id
      left join letters l on l.notification_id = m.notification_id
    where m.batch_id = ${batchId} and m.position > ${after} order by m.position limit ${limit}`;
}

export interface Member {
  position: number;
  notificationId: string;
  fileName: string;
  bytes: number;
  /** Why it was left out; null where it was not. */
  dropped: string | null;
  /** Null where its notification is gone. */
  status: string | null;
  pages: number | null;
}

/** Letters of a class or service that wait for the next scheduled run, as they were last counted. */
export interface WaitingCount {
  postage: string;
  serviceId: string;
  service: string | null;
  letters: number;
  sheets: number;
  oldestAt: Date;
}

/** The same by class, for all services. */
export async function sumWaiting(db: Db): Promise<Volume[]> {
  return await db<Volume[]>`
    select postage, sum(letters)::int as letters, sum(sheets)::int as sheets from printable_letters
    group by postage order by postage`;
}

/** The most letters first. */
export async function listWaiting(db: Db, limit: number): Promise<WaitingCount[]> {
  return await db<WaitingCount[]>`
    select p.postage, p.service_id as "serviceId", s.name as service, p.letters, p.sheets, p.oldest_at as "oldestAt"
    from printable_letters p left join services s on s.id = p.service_id
    order by p.letters desc, p.service_id, p.postage limit ${limit}`;
}

import type { Db } from "../database.ts";
import type { Status } from "../notification/notification.ts";
import { type AttemptStep, writeSteps } from "../notification/timeline.ts";

/** A letter of a batch, as it goes into the zip. */
export interface BatchMember {
  position: number;
  notificationId: string;
  fileName: string;
  bytes: number;
  /** Hexadecimal. */
  sha256: string;
  createdAt: Date;
  /** Null where its notification is gone. */
  status: Status | null;
}

/** The next live letters of a batch, after a position. */
export async function listMembers(
  db: Db,
  { batchId, after, limit }: { batchId: string; after: number; limit: number },
): Promise<BatchMember[]> {
  return await db<BatchMember[]>`
    select m.position, m.notification_id as "notificationId", m.file_name as "fileName", m.bytes,
      encode(m.sha256, 'hex') as sha256, l.created_at as "createdAt", n.status
    from letter_batch_members m join letters l on l.notification_id = m.notification_id
      left join notifications n on n.id = m.notification_id
    where m.batch_id = ${batchId} and m.live and m.position > ${after}
    order by m.position limit ${limit}`;
}

/** What decides how long a batch's zip will be. */
export async function measureMembers(
  db: Db,
  batchId: string,
): Promise<{ letters: number; bytes: number; nameBytes: number }> {
  const [row] = await db<{ letters: number; bytes: number; nameBytes: number }[]>`
    select count(*)::int as letters, coalesce(sum(bytes), 0)::float8 as bytes,
      coalesce(sum(length(file_name)), 0)::int as "nameBytes"
    from letter_batch_members where batch_id = ${batchId} and live`;
  return row ?? { letters: 0, bytes: 0, nameBytes: 0 };
}

/** A letter that does not go into the zip. */
export interface Dropped {
  position: number;
  notificationId: string;
  reason: string;
}

/**
 * Notes that the whole zip is there, together with the letters that are not in it. False where the claim is another's:
 * then the zip must not get its name. To be called in a transaction.
 */
export async function markPlacing(
  tx: Db,
  { id, claim }: { id: string; claim: string },
  { zipBytes, dropped }: { zipBytes: number; dropped: readonly Dropped[] },
): Promise<boolean> {
  const { count } = await tx`
    update letter_batches set state = 'placing', zip_bytes = ${zipBytes}
    where id = ${id} and state = 'uploading' and claimed_until = ${claim}::text::timestamptz`;
  if (count > 0) await dropMembers(tx, id, dropped);
  return count > 0;
}

/** The zip is not what it was, so that it begins anew. False where the claim is another's. */
export async function markUploadingAgain(
  db: Db,
  { id, claim }: { id: string; claim: string },
  temporaryName: string | null,
): Promise<boolean> {
  const { count } = await db`
    update letter_batches set state = 'uploading', zip_bytes = null, temporary_name = ${temporaryName}
    where id = ${id} and state = 'placing' and claimed_until = ${claim}::text::timestamptz`;
  return count > 0;
}

/**
 * Gives up a batch of which nothing can be sent, or may be: its letters may be in another. False where it was further
 * on. To be called in a transaction.
 */
export async function abandonUnsent(
  tx: Db,
  { id, dropped, fault, at }: { id: string; dropped: readonly Dropped[]; fault: string; at: Date },
): Promise<boolean> {
  const { count } = await tx`
    update letter_batches set state = 'abandoned', abandoned_at = ${at}, claimed_until = null, fault = ${fault}
    where id = ${id} and state in ('planned', 'uploading')`;
  if (count === 0) return false;
  await dropMembers(tx, id, dropped);
  await tx`update letter_batch_members set live = false where batch_id = ${id} and live`;
  return true;
}

async function dropMembers(tx: Db, batchId: string, dropped: readonly Dropped[]): Promise<void> {
  if (dropped.length === 0) return;
  await tx`
    update letter_batch_members m set live = false, dropped = d.reason
    from json_to_recordset(${JSON.stringify(dropped)}::text::json) as d (position integer, reason text)
    where m.batch_id = ${batchId} and m.position = d.position`;
}

/** How far it came. */
export interface Marked {
  /** The position of the last that was looked at; null once all were. */
  last: number | null;
  /** Those whose status sending does not explain: they are with the printer and should not be. */
  strange: { notificationId: string; status: Status | null }[];
}

/**
 * Moves the next letters of a batch that is with the printer from `created` to `sending`, by compare-and-set. One that
 * the printer has already spoken of, or that a run of this before moved, is as it should be.
 */
export async function markLettersSent(
  db: Db,
  { batchId, after, limit, at }: { batchId: string; after: number; limit: number; at: Date },
): Promise<Marked> {
  const step: AttemptStep = {
    ...{ kind: "attempt", at, provider: "dvla", outcome: "accepted", durationMs: null, words: null },
  };
  const rows = await db<{ position: number; notificationId: string; status: Status | null }[]>`
    with chosen as materialized (
      select m.position, m.notification_id from letter_batch_members m
      where m.batch_id = ${batchId} and m.live and m.position > ${after} order by m.position limit ${limit}
    ), ordered as materialized (
      -- Locked in the order in which all statements take several.
      select n.id, n.status from notifications n where n.id in (select notification_id from chosen)
      order by n.id for update
    ), moved as (
      update notifications n set status = 'sending', sent_at = ${at}, sent_by = 'dvla', updated_at = ${at},
        timeline = concat_ws(E'\n', n.timeline, ${writeSteps([step])}::text)
      from ordered o where n.id = o.id and n.status = 'created'
    )
    select c.position, c.notification_id as "notificationId", o.status
    from chosen c left join ordered o on o.id = c.notification_id order by c.position`;
  const last = rows.at(-1);
  return {
    last: last && rows.length === limit ? last.position : null,
    strange: rows
      .filter(({ status }) => status === null || !expected.has(status))
      .map(({ notificationId, status }) => ({ notificationId, status })),
  };
}

const expected: ReadonlySet<Status> = new Set<Status>([
  "created",
  "sending",
  "delivered",
  "temporary-failure",
  "permanent-failure",
  "returned-letter",
]);

/** Ends the sending of a batch, unless its acknowledgement came first and did. False where it is another worker's. */
export async function markUploaded(
  db: Db,
  { id, claim, at }: { id: string; claim: string; at: Date },
): Promise<boolean> {
  const [row] = await db<{ isDone: boolean }[]>`
    with moved as (
      update letter_batches set state = 'uploaded', uploaded_at = ${at}, claimed_until = null, fault = null
      where id = ${id} and state = 'placing' and claimed_until = ${claim}::text::timestamptz returning id
    )
    select exists (select from moved)
      or exists (select from letter_batches where id = ${id} and state = 'acknowledged') as "isDone"`;
  return row?.isDone ?? false;
}

import type { Db } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import type { Channel } from "../notification/notification.ts";
import { derivedId } from "../queue/derived-id.ts";
import { type NewJob, toRow } from "../queue/enqueue.ts";
import type { KeyType } from "../service/service.ts";
import type { BatchStatus } from "./batch.ts";
import { type RowGroup, writeRows } from "./rows-text.ts";

/*
 * How a batch's rows are queued. They go in groups, each a row of `job_row_groups` and a job of `process-rows` in one
 * commit; who goes on with a batch begins behind the last group there is, so that dying costs nothing.
 */

/** What works a batch. Made twice it exists once; before its time it is of no effect. */
export async function batchJob(
  batch: { id: string; serviceId: string },
  startAfter?: Date,
): Promise<NewJob<"process-batch">> {
  return {
    name: "process-batch",
    id: await derivedId(`process-batch ${batch.id}`),
    data: { batchId: batch.id },
    groupId: batch.serviceId,
    ...(startAfter && { startAfter }),
  };
}

/** Begins a batch or goes on with it; answers its status then, null where there is none (`spec/admin-api.md` 5.4). */
export async function beginBatch(db: Db, id: string, at: Date): Promise<BatchStatus | null> {
  const [row] = await db<{ status: BatchStatus | null }[]>`select begin_batch(${id}, ${at}) as status`;
  return row?.status ?? null;
}

/** What must be known of a batch to work it. */
export interface BatchWork {
  id: string;
  serviceId: string;
  templateId: string;
  templateVersion: number;
  channel: Channel;
  senderId: string | null;
  keyType: KeyType;
  fileFormat: "csv" | "rows";
  status: BatchStatus;
  /** The first row that is in no group yet. */
  nextRow: number;
  repairs: number;
}

export async function findBatchWork(db: Db, id: string): Promise<BatchWork | null> {
  const [row] = await db<BatchWork[]>`
    select j.id, j.service_id as "serviceId", j.template_id as "templateId", j.template_version as "templateVersion",
      t.template_type as channel, j.sender_id as "senderId", j.key_type as "keyType", j.file_format as "fileFormat",
      j.job_status as status, j.repairs,
      (select coalesce(max(g.first_row + g.row_count), 0) from job_row_groups g where g.job_id = j.id) as "nextRow"
    from jobs j join templates t on t.id = j.template_id
    where j.id = ${id}`;
  return row ?? null;
}

/** What the rows in a job's payload are encrypted for. */
export function rowsOf(batchId: string, firstRow: number): string {
  return `process-rows:${batchId}:${firstRow}`;
}

interface Place {
  db: Db;
  cipher: Cipher;
}

/** Queues a group of a batch that is in progress, unless it was queued before. */
export async function queueGroup(
  { db, cipher }: Place,
  batch: BatchWork,
  group: RowGroup,
  at: Date,
): Promise<void> {
  const jobs = [toRow(await rowsJob(cipher, batch, group, ""))];
  await db`
    with added as (
      insert into job_row_groups (job_id, first_row, row_count)
      select id, ${group.firstRow}, ${group.rows.length} from jobs where id = ${batch.id} and job_status = 'in progress'
      on conflict do nothing
      returning job_id
    ), progressed as (
      update jobs set progressed_at = ${at} from added where jobs.id = added.job_id
    )
    select enqueue_jobs(${JSON.stringify(jobs)}::text::json) from added`;
}

/** Queues a group once more that was queued and not stored. */
export async function queueGroupAgain(
  { db, cipher }: Place,
  batch: BatchWork,
  group: RowGroup,
): Promise<void> {
  const jobs = [toRow(await rowsJob(cipher, batch, group, ` again ${batch.repairs}`))];
  await db`
    select enqueue_jobs(${JSON.stringify(jobs)}::text::json) from job_row_groups
    where job_id = ${batch.id} and first_row = ${group.firstRow} and stored_at is null`;
}

async function rowsJob(
  cipher: Cipher,
  { id, serviceId }: BatchWork,
  { firstRow, rows }: RowGroup,
  which: string,
): Promise<NewJob<"process-rows">> {
  const body = await cipher.encrypt(writeRows(rows), rowsOf(id, firstRow));
  return {
    name: "process-rows",
    id: await derivedId(`process-rows ${id} ${firstRow}${which}`),
    data: { v: 1, batchId: id, firstRow, body },
    groupId: serviceId,
  };
}

/** Notes that all rows are queued: `finished`, or, where they are stored too, `finished all notifications created`. */
export async function finishBatch(db: Db, id: string, at: Date): Promise<void> {
  await db`
    update jobs set job_status = 'finished', processing_finished = ${at}, updated_at = ${at}
    where id = ${id} and job_status = 'in progress'`;
  await completeBatches(db, id, at);
}

/** Finds finished batches, or one, whose rows are all stored; answers how many there were. */
export async function completeBatches(db: Db, id: string | null, at: Date): Promise<number> {
  const { count } = await db`
    update jobs j set job_status = 'finished all notifications created', updated_at = ${at}
    where j.job_status = 'finished' ${id === null ? db`` : db`and j.id = ${id}`}
      and not exists (select from job_row_groups g where g.job_id = j.id and g.stored_at is null)`;
  return count;
}

/** Groups that were queued and not stored, and that no job is going to store. */
export async function listLostGroups(
  db: Db,
  { id, serviceId }: Pick<BatchWork, "id" | "serviceId">,
): Promise<{ firstRow: number; rowCount: number }[]> {
  return await db<{ firstRow: number; rowCount: number }[]>`
    with working as materialized (
      select (data->>'firstRow')::integer as first_row from pgboss.job
      where name = 'process-rows' and group_id = ${serviceId} and state <= 'active' and data->>'batchId' = ${id}
    )
    select g.first_row as "firstRow", g.row_count as "rowCount" from job_row_groups g
    where g.job_id = ${id} and g.stored_at is null
      and not exists (select from working w where w.first_row = g.first_row)
    order by g.first_row`;
}

import type { Db, Pool } from "../database.ts";
import { enqueue } from "../queue/enqueue.ts";
import type { Batch, BatchStatus } from "./batch.ts";
import { batchJob } from "./process.ts";
import type { Upload } from "./uploads.ts";

export interface NewBatch extends Omit<Upload, "valid"> {
  createdById: string | null;
  contactListId: string | null;
  /** Null: at once. */
  scheduledFor: Date | null;
  at: Date;
}

/**
 * Stores a batch with the job that works it, at once or at its time. One that is there already is left alone, so
 * that a client may ask again. `no-user`: nobody is known who made it.
 */
export async function createBatch(sql: Pool, batch: NewBatch): Promise<"stored" | "there" | "no-user"> {
  const job = await batchJob(batch, batch.scheduledFor ?? undefined);
  return await sql.begin(async (db) => {
    if (batch.createdById !== null) {
      const users = await db`select from users where id = ${batch.createdById} for key share`;
      if (users.length === 0) return "no-user";
    }
    const status: BatchStatus = batch.scheduledFor === null ? "pending" : "scheduled";
    const rows = await db`
      insert into jobs (id, service_id, original_file_name, template_id, template_version, sender_id,
        notification_count, job_status, scheduled_for, created_by_id, contact_list_id, created_at)
      values (${batch.id}, ${batch.serviceId}, ${batch.originalFileName}, ${batch.templateId},
        ${batch.templateVersion}, ${batch.senderId}, ${batch.notificationCount}, ${status}, ${batch.scheduledFor},
        ${batch.createdById}, ${batch.contactListId}, ${batch.at})
      on conflict (id) do nothing
      returning id`;
    if (rows.length === 0) return "there";
    await enqueue(db, [job]);
    return "stored";
  });
}

/** Null where the service has no such batch. */
export async function findBatch(db: Db, serviceId: string, id: string): Promise<Batch | null> {
  const [row] = await db<Batch[]>`${select(db)} where j.id = ${id} and j.service_id = ${serviceId}`;
  return row ?? null;
}

export interface BatchQuery {
  serviceId: string;
  /** Null: any. */
  statuses: readonly BatchStatus[] | null;
  contactListId: string | null;
  /** Made since. */
  since: Date | null;
  /** From 1. */
  page: number;
  pageSize: number;
}

/** What one-off sends and reports of the original's are called; nobody uploaded them. */
const hiddenNames = ["Test message", "Report"];

/** A page of a service's batches: what has not begun first, then the latest to begin; and how many there are in all. */
export async function listBatches(db: Db, query: BatchQuery): Promise<{ batches: Batch[]; total: number }> {
  const { serviceId, statuses, contactListId, since, page, pageSize } = query;
  const chosen = db`
    where j.service_id = ${serviceId} and j.original_file_name <> all (${hiddenNames}::text[])
      ${statuses === null ? db`` : db`and j.job_status = any (${[...statuses]}::text[])`}
      ${contactListId === null ? db`` : db`and j.contact_list_id = ${contactListId}`}
      ${since === null ? db`` : db`and j.created_at >= ${since}`}`;
  const batches = await db<Batch[]>`
    ${select(db)} ${chosen}
    order by j.processing_started desc nulls first, j.created_at desc, j.id
    limit ${pageSize} offset ${(page - 1) * pageSize}`;
  const [all] = await db<{ total: number }[]>`select count(*)::integer as total from jobs j ${chosen}`;
  return { batches, total: all?.total ?? 0 };
}

function select(db: Db) {
  return db`
    select j.id, j.service_id as "serviceId", s.name as "serviceName", j.original_file_name as "originalFileName",
      j.template_id as "templateId", j.template_version as "templateVersion", h.name as "templateName",
      h.template_type as "templateType", j.sender_id as "senderId", j.notification_count as "notificationCount",
      j.job_status as status, j.processing_started as "processingStartedAt",
      j.processing_finished as "processingFinishedAt", j.scheduled_for as "scheduledFor",
      case when u.id is not null then json_build_object('id', u.id, 'name', u.name) end as "createdBy",
      j.contact_list_id as "contactListId", j.archived, j.created_at as "createdAt", j.updated_at as "updatedAt"
    from jobs j
      join services s on s.id = j.service_id
      join templates_history h on h.id = j.template_id and h.version = j.template_version
      left join users u on u.id = j.created_by_id`;
}

/** Moves `scheduled` to `cancelled`; false where it has begun meanwhile, or was none of the service's. */
export async function markCancelled(db: Db, serviceId: string, id: string, at: Date): Promise<boolean> {
  const rows = await db`
    update jobs set job_status = 'cancelled', updated_at = ${at}
    where id = ${id} and service_id = ${serviceId} and job_status = 'scheduled'
    returning id`;
  return rows.length === 1;
}

/** How many of a service's batches wait for their time, and the earliest; null where none does. */
export async function countScheduled(
  db: Db,
  serviceId: string,
): Promise<{ count: number; soonestAt: Date | null }> {
  const [row] = await db<{ count: number; soonestAt: Date | null }[]>`
    select count(*)::integer as count, min(scheduled_for) as "soonestAt"
    from jobs where service_id = ${serviceId} and job_status = 'scheduled'`;
  return row ?? { count: 0, soonestAt: null };
}

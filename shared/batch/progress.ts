import type { Db } from "../database.ts";
import type { BatchStatus } from "./batch.ts";

/** How far a batch is. Cheap to read: a few hundred rows at most are counted, whatever the batch holds. */
export interface BatchProgress {
  id: string;
  name: string;
  status: BatchStatus;
  templateId: string;
  templateVersion: number;
  rows: number;
  /** Rows that are messages now; those that failed at once too. */
  stored: number;
  /** Rows that nothing was made of: their service is in trial mode and may not send to them. */
  skipped: number;
  /** Rows that could not be sent to. */
  failed: number;
  scheduledFor: Date | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  createdAt: Date;
}

/** Null where the service has no such batch. */
export async function findProgress(db: Db, serviceId: string, id: string): Promise<BatchProgress | null> {
  const [row] = await db<BatchProgress[]>`
    select j.id, j.original_file_name as name, j.job_status as status, j.template_id as "templateId",
      j.template_version as "templateVersion", j.notification_count as rows, j.scheduled_for as "scheduledFor",
      j.processing_started as "startedAt", j.processing_finished as "finishedAt", j.created_at as "createdAt",
      g.stored, g.skipped, g.failed
    from jobs j, lateral (
      select coalesce(sum(row_count - skipped) filter (where stored_at is not null), 0)::integer as stored,
        coalesce(sum(skipped), 0)::integer as skipped, coalesce(sum(failed), 0)::integer as failed
      from job_row_groups where job_id = j.id) g
    where j.id = ${id} and j.service_id = ${serviceId}`;
  return row ?? null;
}

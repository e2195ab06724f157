import type { Batch } from "../../../shared/batch/batch.ts";
import type { StatusCount } from "../../../shared/batch/statistics.ts";
import type { JsonObject } from "../../../shared/json/json.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";

/** A batch as Notify shows its jobs (`spec/admin-api.md` 3). */
export function viewBatch(batch: Batch, statistics: readonly StatusCount[]): JsonObject {
  return {
    id: batch.id,
    service: batch.serviceId,
    service_name: { name: batch.serviceName },
    template: batch.templateId,
    template_name: batch.templateName,
    template_type: batch.templateType,
    template_version: batch.templateVersion,
    original_file_name: batch.originalFileName,
    notification_count: batch.notificationCount,
    job_status: batch.status,
    created_by: batch.createdBy && { ...batch.createdBy },
    created_at: toTimestamp(batch.createdAt),
    updated_at: timestamp(batch.updatedAt),
    scheduled_for: timestamp(batch.scheduledFor),
    processing_started: timestamp(batch.processingStartedAt),
    processing_finished: timestamp(batch.processingFinishedAt),
    archived: batch.archived,
    contact_list_id: batch.contactListId,
    statistics: statistics.map(({ status, count }) => ({ status, count })),
  };
}

function timestamp(at: Date | null): string | null {
  return at && toTimestamp(at);
}

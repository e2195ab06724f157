import type { BatchProgress } from "../../../shared/batch/progress.ts";
import type { JsonObject } from "../../../shared/json/json.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";

/** A batch as its service sees it; `root` ends in a slash. Keys stand in the order they are sent in. */
export function viewProgress(batch: BatchProgress, root: string): JsonObject {
  const { id, name, status, rows, stored, skipped, failed } = batch;
  return {
    created_at: toTimestamp(batch.createdAt),
    id,
    links: { current: `${root}v2/notifications/bulk/${id}` },
    name,
    processing_finished: batch.finishedAt && toTimestamp(batch.finishedAt),
    processing_started: batch.startedAt && toTimestamp(batch.startedAt),
    rows: { failed, skipped, stored, total: rows },
    scheduled_for: batch.scheduledFor && toTimestamp(batch.scheduledFor),
    status,
    template: {
      id: batch.templateId,
      uri: `${root}v2/template/${batch.templateId}/version/${batch.templateVersion}`,
      version: batch.templateVersion,
    },
  };
}

import type { CallbackConfig } from "../../../shared/callback/queries.ts";
import type { JsonObject } from "../../../shared/json/json.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";

/** A callback as Notify shows it; that it is suspended, which Notify has not, only where it is. */
export function viewCallback(config: CallbackConfig): JsonObject {
  const { suspendedAt, suspendedReason } = config;
  return {
    id: config.id,
    service_id: config.serviceId,
    url: config.url,
    updated_by_id: config.updatedById,
    created_at: toTimestamp(config.createdAt),
    updated_at: config.updatedAt && toTimestamp(config.updatedAt),
    ...(suspendedAt && { suspended_at: toTimestamp(suspendedAt), suspended_reason: suspendedReason }),
  };
}

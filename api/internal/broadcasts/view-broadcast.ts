import type { Areas, Broadcast } from "../../../shared/broadcast/broadcast.ts";
import type { JsonObject } from "../../../shared/json/json.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";

/** An alert as Notify shows it; `version`, which an approval may name, is ours. */
export function viewBroadcast(broadcast: Broadcast): JsonObject {
  return {
    id: broadcast.id,
    reference: broadcast.reference,
    cap_event: broadcast.capEvent,
    service_id: broadcast.serviceId,
    template_id: broadcast.templateId,
    template_version: broadcast.templateVersion,
    template_name: broadcast.templateName,
    personalisation: broadcast.personalisation,
    content: broadcast.content,
    areas: viewAreas(broadcast.areas),
    status: broadcast.status,
    version: broadcast.version,
    starts_at: timestamp(broadcast.startsAt),
    finishes_at: timestamp(broadcast.finishesAt),
    created_at: timestamp(broadcast.createdAt),
    approved_at: timestamp(broadcast.approvedAt),
    cancelled_at: timestamp(broadcast.cancelledAt),
    updated_at: timestamp(broadcast.updatedAt),
    created_by_id: broadcast.createdById,
    approved_by_id: broadcast.approvedById,
    cancelled_by_id: broadcast.cancelledById,
  };
}

export function viewAreas(areas: Areas): JsonObject {
  const { simple_polygons: polygons, ...named } = areas;
  return {
    ...named,
    ...(polygons && { simple_polygons: polygons.map((polygon) => polygon.map((point) => [...point])) }),
  };
}

function timestamp(at: Date | null): string | null {
  return at && toTimestamp(at);
}

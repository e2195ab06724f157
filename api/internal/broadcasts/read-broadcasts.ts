import type { Context } from "hono";
import { type Effect, effectOf } from "../../../shared/broadcast/effect.ts";
import type { JsonObject } from "../../../shared/json/json.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";
import { answerJson } from "../../answer.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { noResult } from "../refusal.ts";
import type { BroadcastRouteDeps } from "./desk.ts";
import { broadcastOf } from "./requests.ts";
import { viewAreas, viewBroadcast } from "./view-broadcast.ts";

/** GET /service/{id}/broadcast-message: all of a service's alerts, oldest first. */
export function listBroadcasts({ broadcasts }: BroadcastRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const found = await broadcasts.list(serviceIdOf(c));
    return answerJson(200, { broadcast_messages: found.map(viewBroadcast) });
  };
}

/** GET /service/{id}/broadcast-message/{id} */
export function getBroadcast({ broadcasts }: BroadcastRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const { serviceId, id } = broadcastOf(c);
    const broadcast = await broadcasts.find(serviceId, id);
    if (!broadcast) throw noResult();
    return answerJson(200, viewBroadcast(broadcast));
  };
}

/** GET /service/{id}/broadcast-message/{id}/effect: where it takes effect, to be shown before it is approved. */
export function getEffect({ broadcasts }: BroadcastRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const { serviceId, id } = broadcastOf(c);
    const broadcast = await broadcasts.find(serviceId, id);
    if (!broadcast) throw noResult();
    return answerJson(200, viewEffect(effectOf(broadcast.areas.simple_polygons ?? [])));
  };
}

function viewEffect({ polygons, points, squareKilometres, bounds }: Effect): JsonObject {
  return { polygons, points, square_kilometres: squareKilometres, bounds: bounds && { ...bounds } };
}

/** GET /govuk-alerts: what the public is shown. */
export function listPublicAlerts({ broadcasts }: BroadcastRouteDeps) {
  return async (): Promise<Response> => {
    const alerts = await broadcasts.listPublic();
    return answerJson(200, {
      alerts: alerts.map((alert) => ({
        id: alert.id,
        reference: alert.reference,
        channel: alert.channel,
        content: alert.content,
        areas: viewAreas(alert.areas),
        status: alert.status,
        starts_at: toTimestamp(alert.startsAt),
        finishes_at: toTimestamp(alert.finishesAt),
        approved_at: toTimestamp(alert.approvedAt),
        cancelled_at: alert.cancelledAt && toTimestamp(alert.cancelledAt),
      })),
    });
  };
}

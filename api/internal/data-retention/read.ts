import type { Context } from "hono";
import type { JsonObject } from "../../../shared/json/json.ts";
import type { Channel } from "../../../shared/notification/notification.ts";
import type { Retention } from "../../../shared/retention/days.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";
import { answerJson } from "../../answer.ts";
import { parseUuid } from "../../uuid.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { noResult } from "../refusal.ts";
import type { RetentionRouteDeps } from "./desk.ts";

/** The types that a service can choose for. */
export const channels: readonly Channel[] = ["sms", "email", "letter"];

/** GET /service/{id}/data-retention: what a service has chosen. */
export function listDataRetention({ dataRetention }: RetentionRouteDeps) {
  return async (c: Context): Promise<Response> =>
    answerJson(200, (await dataRetention.list(serviceIdOf(c))).map(viewRetention));
}

/** GET /service/{id}/data-retention/{id}: one choice, or an empty object. */
export function getDataRetention({ dataRetention }: RetentionRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const id = parseUuid(c.req.param("id") ?? "");
    if (id === null) throw noResult();
    return answerFound(await dataRetention.find({ serviceId: serviceIdOf(c), id }));
  };
}

/** GET /service/{id}/data-retention/notification-type/{type}: the choice for a type, or an empty object. */
export function getDataRetentionOfType({ dataRetention }: RetentionRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const type = channels.find((channel) => channel === c.req.param("type"));
    if (type === undefined) throw noResult();
    return answerFound(await dataRetention.find({ serviceId: serviceIdOf(c), type }));
  };
}

function answerFound(retention: Retention | null): Response {
  return answerJson(200, retention ? viewRetention(retention) : {});
}

export function viewRetention(retention: Retention): JsonObject {
  return {
    id: retention.id,
    service_id: retention.serviceId,
    service_name: retention.serviceName,
    notification_type: retention.type,
    days_of_retention: retention.days,
    created_at: toTimestamp(retention.createdAt),
    updated_at: retention.updatedAt && toTimestamp(retention.updatedAt),
  };
}

import type { Context } from "hono";
import type { JsonObject } from "../../../shared/json/json.ts";
import {
  type ApiKeyVersion,
  findServiceHistory,
  type ServiceVersion,
} from "../../../shared/service/history.ts";
import { findServiceObject, listServiceObjects } from "../../../shared/service/settings.ts";
import { listSummaries } from "../../../shared/service/summaries.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";
import { answerJson } from "../../answer.ts";
import { firstValues } from "../../query.ts";
import { parseUuid } from "../../uuid.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { noResult, Refusal } from "../refusal.ts";
import { parameter } from "../usage/requests.ts";
import { listDetailed, statisticsOf } from "./detailed.ts";
import { viewService } from "./view-service.ts";
import type { ServiceRouteDeps } from "./write.ts";

/** GET /service: all, those that are active, or those of one person; `detailed=True` with statistics. */
export function listServices(deps: ServiceRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const query = firstValues(c.req.url);
    const given = query.user_id;
    const userId = typeof given === "string" ? parseUuid(given) : null;
    if (given !== undefined && userId === null) throw noResult();
    const onlyActive = query.only_active === "True";
    if (query.detailed === "True") return answerJson(200, { data: await listDetailed(c, onlyActive, deps) });
    const services = await deps.ask((sql) => listServiceObjects(sql, { onlyActive, userId }));
    return answerJson(200, { data: services.map(viewService) });
  };
}

const mostFound = 100;

/** GET /service/find-services-by-name?service_name=: those whose names hold it. */
export function findServices({ ask }: ServiceRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const part = parameter(c, "service_name") ?? "";
    if (part === "") throw new Refusal(400, { service_name: ["Missing data for required field."] });
    const isStorable = !part.includes("\0") && part.isWellFormed();
    const query = { search: part, userId: null, after: null, limit: mostFound };
    const found = isStorable ? await ask((sql) => listSummaries(sql, query)) : [];
    return answerJson(200, {
      data: found.map(({ id, name, active, restricted }) => ({ id, name, active, restricted })),
    });
  };
}

/** GET /service/{id}: with `detailed=True` what became of its messages too. */
export function getService(deps: ServiceRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = serviceIdOf(c);
    const service = await deps.ask((sql) => findServiceObject(sql, serviceId));
    if (!service) throw noResult();
    if (parameter(c, "detailed") !== "True") return answerJson(200, { data: viewService(service) });
    const statistics = await statisticsOf(c, serviceId, deps);
    return answerJson(200, { data: { ...viewService(service), statistics } });
  };
}

/** GET /service/{id}/history: every version of the service and of its keys. */
export function getHistory({ ask }: ServiceRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = serviceIdOf(c);
    const history = await ask((sql) => findServiceHistory(sql, serviceId));
    if (!history) throw noResult();
    return answerJson(200, {
      data: {
        service_history: history.service.map(viewVersion),
        api_key_history: history.apiKeys.map(viewKeyVersion),
      },
    });
  };
}

function viewVersion(version: ServiceVersion): JsonObject {
  return {
    id: version.id,
    name: version.name,
    active: version.active,
    restricted: version.restricted,
    created_by_id: version.createdById,
    created_at: timestamp(version.createdAt),
    updated_at: version.updatedAt && timestamp(version.updatedAt),
    version: version.version,
  };
}

function viewKeyVersion(version: ApiKeyVersion): JsonObject {
  return {
    id: version.id,
    name: version.name,
    service_id: version.serviceId,
    created_by_id: version.createdById,
    created_at: timestamp(version.createdAt),
    updated_at: version.updatedAt && timestamp(version.updatedAt),
    expiry_date: version.expiryDate && timestamp(version.expiryDate),
    version: version.version,
  };
}

function timestamp(iso: string): string {
  return toTimestamp(new Date(iso));
}

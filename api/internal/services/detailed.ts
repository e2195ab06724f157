import type { Context } from "hono";
import type { JsonObject } from "../../../shared/json/json.ts";
import { listServiceObjects } from "../../../shared/service/settings.ts";
import { countStatusesByService } from "../../../shared/statistics/by-service.ts";
import { countStatuses } from "../../../shared/statistics/counts.ts";
import { addDays } from "../../../shared/time/calendar.ts";
import { londonDate } from "../../../shared/time/london.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";
import { summarise } from "../statistics/count-messages.ts";
import { dateOf, parameter } from "../usage/requests.ts";
import type { ServiceRouteDeps } from "./write.ts";

const usualDays = 7;

/** What became of a service's messages of a week, or of today alone; without test keys. */
export async function statisticsOf(
  c: Context,
  serviceId: string,
  { ask, now }: ServiceRouteDeps,
): Promise<JsonObject> {
  const today = londonDate(now());
  const first = parameter(c, "today_only") === "True" ? today : addDays(today, -usualDays);
  const counts = await ask((sql) => countStatuses(sql, { serviceId, first, last: today, today }));
  return summarise(counts.filter(({ isTest }) => !isTest));
}

/** Services with what became of their messages from one London day to another, today where none are named. */
export async function listDetailed(
  c: Context,
  onlyActive: boolean,
  { ask, now }: ServiceRouteDeps,
): Promise<JsonObject[]> {
  const today = londonDate(now());
  const range = { first: dateOf(c, "start_date") ?? today, last: dateOf(c, "end_date") ?? today };
  const withTests = parameter(c, "include_from_test_key") !== "False";
  const services = await ask((sql) => listServiceObjects(sql, { onlyActive, userId: null }));
  const counts = await ask((sql) => countStatusesByService(sql, { ...range, today }));
  const of = Map.groupBy(
    counts.filter(({ isTest }) => withTests || !isTest),
    ({ serviceId }) => serviceId,
  );
  return services.map((service) => ({
    id: service.id,
    name: service.name,
    active: service.active,
    restricted: service.restricted,
    created_at: toTimestamp(service.createdAt),
    statistics: summarise(of.get(service.id) ?? []),
  }));
}

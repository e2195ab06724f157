import type { Db } from "../database.ts";
import { type CountQuery, countedMessages, findLiveDay, type StatusCount } from "./counts.ts";

export interface ServiceStatusCount extends StatusCount {
  serviceId: string;
}

/** Of all services, by type, status and whether a test key sent them. */
export async function countStatusesByService(
  db: Db,
  query: Omit<CountQuery, "serviceId">,
): Promise<ServiceStatusCount[]> {
  const liveDay = await findLiveDay(db, query.today);
  return await db<ServiceStatusCount[]>`
    select service_id as "serviceId", notification_type as type, status, key_type = 'test' as "isTest",
      sum(count)::float8 as count
    from (${countedMessages(db, { ...query, serviceId: null }, liveDay)}) as m
    group by 1, 2, 3, 4`;
}

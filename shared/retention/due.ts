import type { Db } from "../database.ts";
import { derivedId } from "../queue/derived-id.ts";
import type { NewJob } from "../queue/enqueue.ts";
import { keptSince, keptSinceByDays, usualDays } from "./days.ts";

/** A service that has notifications older than it keeps them. */
export interface Due {
  serviceId: string;
  /** Days by type. */
  sms: number;
  email: number;
  letter: number;
}

/** The services that have something to delete: one look at an index each. */
export async function listDueServices(db: Db, now: Date): Promise<Due[]> {
  return await db<Due[]>`
    select s.id as "serviceId", k.sms, k.email, k.letter
    from services s cross join lateral (
      select coalesce(min(r.days_of_retention) filter (where r.notification_type = 'sms'), ${usualDays}) as sms,
        coalesce(min(r.days_of_retention) filter (where r.notification_type = 'email'), ${usualDays}) as email,
        coalesce(min(r.days_of_retention) filter (where r.notification_type = 'letter'), ${usualDays}) as letter
      from service_data_retention r where r.service_id = s.id
    ) k join json_to_recordset(${JSON.stringify(keptSinceByDays(now))}::text::json)
      as d (days integer, since timestamptz) on d.days = least(k.sms, k.email, k.letter)
    where exists (select from notifications n where n.service_id = s.id and n.created_at < d.since)
    order by s.id`;
}

/** The job that deletes for one service; the same one however often it is asked for on a day. */
export async function deletionJob(
  { serviceId, sms, email, letter }: Due,
  now: Date,
): Promise<NewJob<"delete-notifications">> {
  const since = {
    sms: keptSince(now, sms).toISOString(),
    email: keptSince(now, email).toISOString(),
    letter: keptSince(now, letter).toISOString(),
  };
  const id = await derivedId(`delete-notifications ${serviceId} ${JSON.stringify(since)}`);
  return { name: "delete-notifications", id, groupId: serviceId, data: { serviceId, since } };
}

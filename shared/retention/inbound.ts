import type { Db } from "../database.ts";
import { keptSinceByDays, usualDays } from "./days.ts";

/**
 * Deletes up to `limit` texts that people sent to services once their time is over: as long as a service keeps its own
 * texts where it has an inbound number, a week elsewhere. Neither who wrote nor what is left of them. Answers how many.
 */
export async function deleteOldTexts(db: Db, { now, limit }: { now: Date; limit: number }): Promise<number> {
  const [row] = await db<{ deleted: number }[]>`
    with kept as (
      select s.id, d.since
      from services s
        left join service_data_retention r on r.service_id = s.id and r.notification_type = 'sms'
          and exists (select from inbound_numbers i where i.service_id = s.id)
        join json_to_recordset(${JSON.stringify(keptSinceByDays(now))}::text::json)
          as d (days integer, since timestamptz) on d.days = coalesce(r.days_of_retention, ${usualDays})
    ), old as materialized (
      select o.id from kept k cross join lateral (
        select i.id from inbound_sms i where i.service_id = k.id and i.created_at < k.since
        order by i.created_at, i.id limit ${limit}
      ) o limit ${limit}
    ), gone as (
      delete from inbound_sms i using old where i.id = old.id
      returning i.id, i.service_id, i.notify_number, i.provider_date, i.provider_reference, i.provider, i.created_at
    ), history as (
      insert into inbound_sms_history (id, service_id, notify_number, provider_date, provider_reference, provider,
        created_at)
      select * from gone on conflict (id) do nothing
    )
    select count(*)::int as deleted from gone`;
  return row?.deleted ?? 0;
}

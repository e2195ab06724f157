import type { Db } from "../database.ts";

/** How long a request to get no more emails is kept with its address: no report takes them up, as Notify's would. */
export const requestDays = 90;

/** Deletes up to `limit` requests made before an instant. Whose they were is not left of them. Answers how many. */
export async function archiveRequests(
  db: Db,
  { madeBefore, limit }: { madeBefore: Date; limit: number },
): Promise<number> {
  const [row] = await db<{ archived: number }[]>`
    with old as materialized (
      select id from unsubscribe_requests where created_at < ${madeBefore} order by created_at limit ${limit}
    ), gone as (
      delete from unsubscribe_requests u using old where u.id = old.id
      returning u.id, u.notification_id, u.service_id, u.template_id, u.template_version, u.created_at
    ), history as (
      insert into unsubscribe_requests_history (id, notification_id, service_id, template_id, template_version,
        created_at)
      select * from gone on conflict do nothing
    )
    select count(*)::int as archived from gone`;
  return row?.archived ?? 0;
}

import type { Db } from "../database.ts";

/** Deletes up to `limit` of what is left of notifications made before an instant, oldest first. Answers how many. */
export async function deleteOldHistory(
  db: Db,
  { madeBefore, limit }: { madeBefore: Date; limit: number },
): Promise<number> {
  const [row] = await db<{ deleted: number }[]>`
    with old as materialized (
      select id from notification_history where created_at < ${madeBefore} order by created_at limit ${limit}
    ), gone as (
      delete from notification_history h using old where h.id = old.id returning h.id
    ), letters_gone as (
      delete from letters l using old where l.notification_id = old.id
    )
    select count(*)::int as deleted from gone`;
  return row?.deleted ?? 0;
}

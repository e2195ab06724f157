import type { Db } from "../database.ts";

/*
 * Letters that are longer on their way than any should be (`spec/letters.md` 6). Those of which nothing more is expected
 * are marked so, and not looked through.
 */

/** Letters of normal keys that went to the printer before an instant, and of which it has said nothing. */
export async function countStillSending(
  db: Db,
  sentBefore: Date,
): Promise<{ count: number; oldest: Date | null }> {
  const [row] = await db<{ count: number; oldest: Date | null }[]>`
    select count(*)::int as count, min(n.sent_at) as oldest
    from letters l join notifications n on n.id = l.notification_id
    where l.settled_at is null and n.status = 'sending' and n.key_type = 'normal' and n.sent_at < ${sentBefore}`;
  return row ?? { count: 0, oldest: null };
}

/** Letters made before an instant that no print run has taken; those of services that are held wait by intent. */
export async function countStillCreated(
  db: Db,
  madeBefore: Date,
): Promise<{ count: number; held: number; oldest: Date | null }> {
  const [row] = await db<{ count: number; held: number; oldest: Date | null }[]>`
    select count(*) filter (where h.service_id is null)::int as count, count(h.service_id)::int as held,
      min(n.created_at) filter (where h.service_id is null) as oldest
    from letters l join notifications n on n.id = l.notification_id
      left join letter_holds h on h.service_id = l.service_id
    where l.settled_at is null and l.created_at < ${madeBefore} and n.status = 'created'`;
  return row ?? { count: 0, held: 0, oldest: null };
}

/** Letters made since an instant, of the last four days, that we could not make or send. */
export async function countTechnicalFailures(db: Db, madeSince: Date): Promise<number> {
  const [row] = await db<{ count: number }[]>`
    select count(*)::int as count from letters l join notifications n on n.id = l.notification_id
    where l.settled_at is null and l.created_at >= ${madeSince} and n.status = 'technical-failure'`;
  return row?.count ?? 0;
}

/** When the last batch was sent before an instant, and whether a response file has come since; null where none was sent. */
export async function findLastSent(
  db: Db,
  { after, before }: { after: Date; before: Date },
): Promise<{ sentAt: Date; isAnswered: boolean } | null> {
  const [row] = await db<{ sentAt: Date | null; isAnswered: boolean }[]>`
    with last as (
      select max(uploaded_at) as sent_at from letter_batches
      where uploaded_at >= ${after} and uploaded_at < ${before} and state in ('uploaded', 'acknowledged')
    )
    select sent_at as "sentAt",
      exists (select from dvla_files f where f.kind = 'response' and f.found_at >= last.sent_at) as "isAnswered"
    from last`;
  return row?.sentAt ? { sentAt: row.sentAt, isAnswered: row.isAnswered } : null;
}

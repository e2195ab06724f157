import type { Db, Pool } from "../database.ts";
import type { Channel, Status } from "../notification/notification.ts";

/** What of a service is kept: what was made before these instants may go. */
export type KeptSince = Record<Channel, Date>;

/** How far one look through a service's notifications, oldest first, has come. */
export interface Position {
  /** To the microsecond, as Postgres writes it. */
  at: string;
  id: string;
}

export interface Look {
  /** Those that may go. */
  ids: string[];
  /** The letters among them, whose PDFs go first. */
  letterIds: string[];
  /** Where the next look begins; null where nothing older is left. */
  next: Position | null;
}

/** Letters whose PDF is still needed, however old they are (`spec/letters.md` 10, 20). */
const unfinishedLetter: readonly Status[] = ["pending-virus-check", "created", "sending"];

/**
 * Looks at up to `limit` notifications of a service that are older than any it keeps. What is young enough for its type
 * is passed over, and so are unfinished letters and what a worker hands to a provider just now.
 */
export async function findOld(
  db: Db,
  {
    serviceId,
    since,
    after,
    limit,
    now,
  }: { serviceId: string; since: KeptSince; after: Position | null; limit: number; now: Date },
): Promise<Look> {
  const youngest = new Date(Math.max(...Object.values(since).map((at) => at.getTime())));
  const rows = await db<{ id: string; at: string; isOld: boolean; isLetter: boolean }[]>`
    select id, created_at::text as at, notification_type = 'letter' as "isLetter",
      created_at < case notification_type when 'sms' then ${since.sms}::timestamptz
          when 'email' then ${since.email}::timestamptz else ${since.letter}::timestamptz end
        and not (notification_type = 'letter' and status = any(${unfinishedLetter as Status[]}))
        and (claimed_until is null or claimed_until < ${now}) as "isOld"
    from notifications
    where service_id = ${serviceId} and created_at < ${youngest}
      ${after === null ? db`` : db`and (created_at, id) > (${after.at}::text::timestamptz, ${after.id}::uuid)`}
    order by created_at, id limit ${limit}`;
  const old = rows.filter(({ isOld }) => isOld);
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return {
    ids: old.map(({ id }) => id),
    letterIds: old.filter(({ isLetter }) => isLetter).map(({ id }) => id),
    next: last ? { at: last.at, id: last.id } : null,
  };
}

/**
 * Deletes notifications; of those of normal and team keys, what is not personal goes to the history in the same
 * statement. Of letters the row in `letters` stays, without the address read from a PDF. Answers how many were deleted
 * and how many of them are history; what is gone already, or has become unfit to go, is passed over.
 */
export async function moveToHistory(
  sql: Pool,
  ids: readonly string[],
  now: Date,
): Promise<{ deleted: number; kept: number }> {
  return await sql.begin(async (tx) => {
    // The list is small beside the table, whatever the statistics say.
    await tx`set local enable_seqscan = off`;
    await tx`set local enable_hashjoin = off`;
    await tx`set local enable_mergejoin = off`;
    const [row] = await tx<{ deleted: number; kept: number }[]>`
      with old as materialized (
        select id from notifications
        where id = any(${ids as string[]}::uuid[])
          and not (notification_type = 'letter' and status = any(${unfinishedLetter as Status[]}))
          and (claimed_until is null or claimed_until < ${now})
        -- Everyone who changes several locks them in this order.
        order by id for update
      ), gone as (
        delete from notifications n using old where n.id = old.id
        returning n.id, n.service_id, n.template_id, n.template_version, n.api_key_id, n.job_id, n.job_row_number,
          n.key_type, n.notification_type, n.status, n.client_reference, n.reference, n.international, n.phone_prefix,
          n.rate_multiplier, n.billable_units, n.created_at, n.sent_at, n.sent_by, n.updated_at,
          n.created_by_id
      ), history as (
        insert into notification_history (id, service_id, template_id, template_version, api_key_id, job_id,
          job_row_number, key_type, notification_type, status, client_reference, reference, international, phone_prefix,
          rate_multiplier, billable_units, created_at, sent_at, sent_by, updated_at, created_by_id)
        select * from gone where key_type <> 'test'
        on conflict (id) do nothing
        returning id
      ), letters_without_address as (
        update letters l set address = null, settled_at = coalesce(l.settled_at, ${now})
        from gone where l.notification_id = gone.id and gone.notification_type = 'letter'
          and (l.address is not null or l.settled_at is null)
      )
      select (select count(*)::int from gone) as deleted, (select count(*)::int from history) as kept`;
    return row ?? { deleted: 0, kept: 0 };
  });
}

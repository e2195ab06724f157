import type { Db, Pool } from "../database.ts";
import type { Postage } from "../recipient/postage.ts";

/** A letter that a run prints. */
export interface PrintableLetter {
  id: string;
  serviceId: string;
  postage: Postage;
  reference: string;
  createdAt: Date;
  /** Of its PDF. */
  bytes: number;
  /** Of its PDF, hexadecimal. */
  sha256: string;
}

/** Where a reading stopped. The instant is text because a Date would cut its microseconds. */
export interface Position {
  postage: string;
  serviceId: string;
  createdAt: string;
  id: string;
}

/** Before every letter. */
export const atStart: Position = {
  postage: "",
  serviceId: "00000000-0000-0000-0000-000000000000",
  createdAt: "-infinity",
  id: "00000000-0000-0000-0000-000000000000",
};

/**
 * Whether a letter `l` made before a run's deadline is printed by it, however old: normal letters that are `created` and
 * have a PDF to be printed, of services that are active and not held, and in no live batch (`spec/letters.md` 4.2).
 */
function isPrintable(db: Db) {
  return db`
    l.bytes is not null and l.sha256 is not null and l.refusal is null
    and exists (select from notifications n where n.id = l.notification_id
      and n.status = 'created' and n.key_type = 'normal' and n.billable_units > 0)
    and exists (select from services s where s.id = l.service_id and s.active)
    and not exists (select from letter_holds h where h.service_id = l.service_id)
    and not exists (select from letter_batch_members m where m.notification_id = l.notification_id and m.live)`;
}

/**
 * The next of them by postage, service and age, among `limit` letters that are looked at, and where to go on; null once
 * there is no more.
 */
export async function listPrintable(
  sql: Pool,
  { deadline, after, limit }: { deadline: Date; after: Position; limit: number },
): Promise<{ letters: PrintableLetter[]; next: Position | null }> {
  const rows = await sql.begin(async (tx) => {
    // Along the index, whatever the statistics say of a table that was small a moment ago: or each chunk would read and
    // sort all there are.
    await tx`
      select set_config('enable_sort', 'off', true), set_config('enable_seqscan', 'off', true),
        set_config('enable_bitmapscan', 'off', true)`;
    return await tx<(PrintableLetter & { exactly: string; isPrintable: boolean })[]>`
      with looked as materialized (
        select * from letters
        where settled_at is null and created_at < ${deadline} and (postage, service_id, created_at, notification_id)
          > (${after.postage}, ${after.serviceId}::uuid, ${after.createdAt}::text::timestamptz, ${after.id}::uuid)
        order by postage, service_id, created_at, notification_id limit ${limit}
      )
      select l.notification_id as id, l.service_id as "serviceId", l.postage, l.reference,
        l.created_at as "createdAt", l.created_at::text as exactly, l.bytes, encode(l.sha256, 'hex') as sha256,
        ${isPrintable(tx)} as "isPrintable"
      from looked l order by l.postage, l.service_id, l.created_at, l.notification_id`;
  });
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return {
    letters: rows
      .filter((row) => row.isPrintable)
      .map(({ exactly: _, isPrintable: __, ...letter }) => letter),
    next: last
      ? { postage: last.postage, serviceId: last.serviceId, createdAt: last.exactly, id: last.id }
      : null,
  };
}

export interface PrintableCount {
  postage: Postage;
  serviceId: string;
  letters: number;
  sheets: number;
  bytes: number;
  oldestAt: Date;
}

/** The same in numbers. */
export async function countPrintable(db: Db, deadline: Date): Promise<PrintableCount[]> {
  return await db<PrintableCount[]>`
    select l.postage, l.service_id as "serviceId", count(*)::int as letters, sum((l.pages + 1) / 2)::int as sheets,
      sum(l.bytes)::float8 as bytes, min(l.created_at) as "oldestAt"
    from letters l where l.settled_at is null and l.created_at < ${deadline} and ${isPrintable(db)}
    group by l.postage, l.service_id order by l.postage, l.service_id`;
}

/** What nothing more is expected of; of what failed for technical reasons the checks tell for some days yet. */
const settled = [
  ...["cancelled", "delivered", "temporary-failure", "permanent-failure"],
  ...["validation-failed", "virus-scan-failed", "returned-letter"],
];
const failedForDays = 4;

/**
 * Notes up to `limit` letters as settled, from the oldest after `after` on, so that runs and checks need not look at
 * them again. Answers where to go on, or null once all were looked at.
 */
export async function settleLetters(
  db: Db,
  { after, limit, at }: { after: { createdAt: string; id: string }; limit: number; at: Date },
): Promise<{ createdAt: string; id: string } | null> {
  const [last] = await db<{ createdAt: string; id: string; seen: number }[]>`
    with seen as materialized (
      select l.notification_id, l.created_at from letters l
      where l.settled_at is null and (l.created_at, l.notification_id)
        > (${after.createdAt}::text::timestamptz, ${after.id}::uuid)
      order by l.created_at, l.notification_id limit ${limit}
    ), marked as (
      update letters l set settled_at = ${at}
      from seen left join notifications n on n.id = seen.notification_id
      where l.notification_id = seen.notification_id and (n.id is null or n.status = any(${settled})
        or (n.status = 'technical-failure' and n.created_at < ${at}::timestamptz - ${failedForDays} * interval '1 day'))
    )
    select created_at::text as "createdAt", notification_id as id, (select count(*)::int from seen) as seen
    from seen order by created_at desc, notification_id desc limit 1`;
  return last && last.seen === limit ? { createdAt: last.createdAt, id: last.id } : null;
}

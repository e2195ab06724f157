import type { Db } from "../database.ts";

/** What a list of a service's letters shows of each, beside what all notifications have. */
export interface LetterDetails {
  notificationId: string;
  postage: string;
  precompiled: boolean;
  /** Null until it has a PDF. */
  pages: number | null;
  /** Why it cannot be printed; null where it can, or nobody has looked yet. */
  refusal: string | null;
  /** Counted from 1; null where all of it is what is wrong. */
  refusedPages: number[] | null;
  /** The zip it is in; null where it is in none. */
  batch: string | null;
}

/** By the id of their notifications, those of them that are this service's. */
export async function findLetterDetails(
  db: Db,
  serviceId: string,
  ids: readonly string[],
): Promise<Map<string, LetterDetails>> {
  if (ids.length === 0) return new Map();
  const rows = await db<LetterDetails[]>`
    select l.notification_id as "notificationId", l.postage, l.precompiled, l.pages, l.refusal,
      l.refused_pages as "refusedPages", b.name as batch
    from letters l
      left join letter_batch_members m on m.notification_id = l.notification_id and m.live
      left join letter_batches b on b.id = m.batch_id
    where l.notification_id = any(${ids as string[]}::uuid[]) and l.service_id = ${serviceId}`;
  return new Map(rows.map((row) => [row.notificationId, row]));
}

/** Of a service's letters, how many wait for a print run and how many are with the printer: none counted past `most`. */
export async function countUnsettled(
  db: Db,
  serviceId: string,
  most: number,
): Promise<{ waiting: number; sending: number }> {
  const [row] = await db<{ waiting: number; sending: number }[]>`
    select count(*) filter (where status <> 'sending')::int as waiting,
      count(*) filter (where status = 'sending')::int as sending
    from (
      select n.status from letters l join notifications n on n.id = l.notification_id
      where l.service_id = ${serviceId} and l.settled_at is null and n.key_type = 'normal'
        and n.status in ('created', 'pending-virus-check', 'sending')
      limit ${most}) counted`;
  return row ?? { waiting: 0, sending: 0 };
}

export interface Hold {
  reason: string;
  heldAt: Date;
}

/** Null where the service's letters are printed. */
export async function findHold(db: Db, serviceId: string): Promise<Hold | null> {
  const [row] = await db<Hold[]>`
    select reason, held_at as "heldAt" from letter_holds where service_id = ${serviceId}`;
  return row ?? null;
}

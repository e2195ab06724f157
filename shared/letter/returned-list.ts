import type { Db } from "../database.ts";

/** How many letters of a service were reported on a date. */
export interface ReturnedDay {
  /** `2026-11-23` */
  reportedAt: string;
  letters: number;
}

/** Newest first. */
export async function listReturnedDays(db: Db, serviceId: string): Promise<ReturnedDay[]> {
  return await db<ReturnedDay[]>`
    select reported_at::text as "reportedAt", count(*)::int as letters from returned_letters
    where service_id = ${serviceId} group by reported_at order by reported_at desc`;
}

/** A letter that came back, as its service sees it. */
export interface ListedReturned {
  notificationId: string;
  reportedAt: string;
  createdAt: Date;
  /** The client's. */
  reference: string | null;
  /** Null for a hidden one, which all PDFs of a service share. */
  template: { id: string; name: string; version: number } | null;
  /** Counted from 0; null where it was not a row of a spreadsheet. */
  row: number | null;
}

export interface ReturnedPage {
  letters: ListedReturned[];
  /** Those that were reported, but of which nothing else is left. */
  orphaned: number;
}

/** All letters of a service that were reported on a date, the newest made first. */
export async function listReturnedLetters(
  db: Db,
  serviceId: string,
  reportedAt: string,
): Promise<ReturnedPage> {
  const rows = await db<(ListedReturned & { isLeft: boolean })[]>`
    select r.notification_id as "notificationId", r.reported_at::text as "reportedAt", f.id is not null as "isLeft",
      f.created_at as "createdAt", f.client_reference as reference, f.job_row_number as row,
      case when not t.hidden then json_build_object('id', t.id, 'name', t.name, 'version', t.version) end as template
    from returned_letters r left join lateral (
      select n.id, n.created_at, n.client_reference, n.job_row_number, n.template_id, n.template_version
      from notifications n where n.id = r.notification_id
      union all
      select h.id, h.created_at, h.client_reference, h.job_row_number, h.template_id, h.template_version
      from notification_history h where h.id = r.notification_id limit 1
    ) f on true left join templates_history t on t.id = f.template_id and t.version = f.template_version
    where r.service_id = ${serviceId} and r.reported_at = ${reportedAt}::text::date
    order by f.created_at desc, r.notification_id`;
  const letters = rows.filter(({ isLeft }) => isLeft).map(({ isLeft: _, ...letter }) => letter);
  return { letters, orphaned: rows.length - letters.length };
}

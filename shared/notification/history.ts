import type { Db } from "../database.ts";
import { toRow } from "../queue/enqueue.ts";
import type { Change, Changeable } from "./changeable.ts";

/*
 * Notifications that are older than their services keep them: what a provider says of one late changes what is left of
 * it. Whom it was to nobody knows any more.
 */

/** By id; those that are not there are left out. */
export async function findInHistory(db: Db, ids: readonly string[]): Promise<Changeable[]> {
  if (ids.length === 0) return [];
  return await db<Changeable[]>`
    select ${changeable(db)} from notification_history h where h.id = any(${ids as string[]}::uuid[])`;
}

/** By the provider's reference; those that are not there are left out. */
export async function findInHistoryByReference(
  db: Db,
  references: readonly string[],
): Promise<(Changeable & { reference: string })[]> {
  if (references.length === 0) return [];
  return await db<(Changeable & { reference: string })[]>`
    select h.reference, ${changeable(db)} from notification_history h
    where h.reference = any(${references as string[]})`;
}

function changeable(db: Db) {
  return db`
    h.id, h.service_id as "serviceId", h.notification_type as channel, h.status, null as "to",
    h.client_reference as "clientReference", h.template_id as "templateId", h.template_version as "templateVersion",
    h.international, null as "normalisedTo", h.phone_prefix as "phonePrefix", h.created_at as "createdAt", h.sent_at as "sentAt",
    exists (select from service_callback_api c
      where c.service_id = h.service_id and c.callback_type = 'delivery_status') as "hasCallback"`;
}

/** As `changeStatuses` does for live ones, by compare-and-set in one statement; there is no timeline to add to. */
export async function changeHistory(db: Db, changes: readonly Change[]): Promise<boolean[]> {
  const rows = changes.map(({ id, from, to, at, by }, n) => ({ n, id, was: from, becomes: to, at, by }));
  rows.sort((a, b) => (a.id < b.id ? -1 : 1));
  const jobs = changes.flatMap(({ callback }, n) => (callback ? [{ n, ...toRow(callback) }] : []));
  const moved = await db<{ n: number }[]>`
    with moved as (
      update notification_history h set status = c.becomes, updated_at = c.at, sent_by = coalesce(h.sent_by, c.by)
      from json_to_recordset(${JSON.stringify(rows)}::text::json)
        as c (n integer, id uuid, was text, becomes text, at timestamptz, by text)
      where h.id = c.id and h.status = c.was and c.n between 0 and 9999
      returning c.n
    ), queued as (
      select enqueue_jobs(${JSON.stringify(jobs)}::text::json, array(select n from moved))
    )
    select n from moved, queued`;
  const changed = new Set(moved.map(({ n }) => n));
  return changes.map((_, n) => changed.has(n));
}

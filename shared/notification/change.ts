import type { Db } from "../database.ts";
import { toRow } from "../queue/enqueue.ts";
import type { Change, Changeable } from "./changeable.ts";
import { changeHistory, findInHistory, findInHistoryByReference } from "./history.ts";
import { writeSteps } from "./timeline.ts";

/** By id, live or history, null where there is none. Answers in the order asked. */
export async function findChangeable(db: Db, ids: readonly string[]): Promise<(Changeable | null)[]> {
  const rows = await db<Changeable[]>`
    select ${changeable(db)} from notifications n where n.id = any(${ids as string[]}::uuid[])`;
  const found = new Map(rows.map((row) => [row.id, row]));
  const missing = ids.filter((id) => !found.has(id));
  for (const row of await findInHistory(db, missing)) found.set(row.id, row);
  return ids.map((id) => found.get(id) ?? null);
}

/** By the provider's reference, live or history, null where there is none (yet). Answers in the order asked. */
export async function findChangeableByReference(
  db: Db,
  references: readonly string[],
): Promise<(Changeable | null)[]> {
  const rows = await db<(Changeable & { reference: string })[]>`
    select n.reference, ${changeable(db)} from notifications n where n.reference = any(${references as string[]})`;
  const found = new Map(rows.map((row) => [row.reference, row]));
  const missing = references.filter((reference) => !found.has(reference));
  for (const row of await findInHistoryByReference(db, missing)) found.set(row.reference, row);
  return references.map((reference) => found.get(reference) ?? null);
}

/** The columns of a `Changeable`, of notifications `n`. */
export function changeable(db: Db) {
  return db`
    n.id, n.service_id as "serviceId", n.notification_type as channel, n.status, n.recipient as "to",
    n.client_reference as "clientReference", n.template_id as "templateId", n.template_version as "templateVersion",
    n.international, n.normalised_to as "normalisedTo", n.phone_prefix as "phonePrefix",
    n.created_at as "createdAt", n.sent_at as "sentAt",
    exists (select from service_callback_api c
      where c.service_id = n.service_id and c.callback_type = 'delivery_status') as "hasCallback"`;
}

/** The order in which statements that change several notifications take them. */
export function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/**
 * Changes statuses by compare-and-set and queues the callbacks of those that changed, in one statement. False where
 * the status was no longer `from`; of two changes of one row in one call, one is false.
 */
export async function changeStatuses(db: Db, changes: readonly Change[]): Promise<boolean[]> {
  const old = changes.filter(({ isHistory }) => isHistory);
  // Late ones are rare, and a statement for both would cost the others.
  if (old.length === 0) return await changeLive(db, changes);
  const live = changes.filter(({ isHistory }) => !isHistory);
  const changed = { live: await changeLive(db, live), old: await changeHistory(db, old) };
  return changes.map(
    (change) =>
      (change.isHistory ? changed.old[old.indexOf(change)] : changed.live[live.indexOf(change)]) ?? false,
  );
}

async function changeLive(db: Db, changes: readonly Change[]): Promise<boolean[]> {
  const rows = changes.map(({ id, from, to, at, reason, by, steps }, n) => ({
    n,
    id,
    was: from,
    becomes: to,
    at,
    reason,
    by,
    steps: writeSteps(steps),
  }));
  // Rows are locked in this order: two groups of the same rows, in any, would wait for each other.
  rows.sort(byId);
  const jobs = changes.flatMap(({ callback }, n) => (callback ? [{ n, ...toRow(callback) }] : []));
  const moved = await db<{ n: number }[]>`
    with moved as (
      update notifications n set status = c.becomes, updated_at = c.at, status_reason = c.reason,
        sent_by = coalesce(n.sent_by, c.by), claimed_until = null,
        timeline = concat_ws(E'\n', n.timeline, c.steps)
      from json_to_recordset(${JSON.stringify(rows)}::text::json)
        as c (n integer, id uuid, was text, becomes text, at timestamptz, reason text, by text, steps text)
      -- The range says nothing but makes the planner expect a single row of the list, and so begin with it.
      where n.id = c.id and n.status = c.was and c.n between 0 and 9999
      returning c.n
    ), queued as (
      select enqueue_jobs(${JSON.stringify(jobs)}::text::json, array(select n from moved))
    )
    select n from moved, queued`;
  const changed = new Set(moved.map(({ n }) => n));
  return changes.map((_, n) => changed.has(n));
}

import type { Db } from "../database.ts";
import { type NewJob, toRow } from "../queue/enqueue.ts";
import type { Channel, Status } from "./notification.ts";
import { type Step, writeSteps } from "./timeline.ts";

/** What a change of status must know of the row: the rules' input and the callback's content. */
export interface Changeable {
  id: string;
  serviceId: string;
  channel: Channel;
  status: Status;
  to: string;
  clientReference: string | null;
  templateId: string;
  templateVersion: number;
  international: boolean;
  normalisedTo: string | null;
  createdAt: Date;
  sentAt: Date | null;
  /** Whether the service wants to be told. */
  hasCallback: boolean;
}

/** By id, null where there is none. Answers in the order asked. */
export async function findChangeable(db: Db, ids: readonly string[]): Promise<(Changeable | null)[]> {
  const rows = await db<Changeable[]>`
    select ${changeable(db)} from notifications n where n.id = any(${ids as string[]}::uuid[])`;
  const found = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => found.get(id) ?? null);
}

/** By the provider's reference, null where there is none (yet). Answers in the order asked. */
export async function findChangeableByReference(
  db: Db,
  references: readonly string[],
): Promise<(Changeable | null)[]> {
  const rows = await db<(Changeable & { reference: string })[]>`
    select n.reference, ${changeable(db)} from notifications n where n.reference = any(${references as string[]})`;
  const found = new Map(rows.map((row) => [row.reference, row]));
  return references.map((reference) => found.get(reference) ?? null);
}

/** The columns of a `Changeable`, of notifications `n`. */
export function changeable(db: Db) {
  return db`
    n.id, n.service_id as "serviceId", n.notification_type as channel, n.status, n.recipient as "to",
    n.client_reference as "clientReference", n.template_id as "templateId", n.template_version as "templateVersion",
    n.international, n.normalised_to as "normalisedTo", n.created_at as "createdAt", n.sent_at as "sentAt",
    exists (select from service_callback_api c
      where c.service_id = n.service_id and c.callback_type = 'delivery_status') as "hasCallback"`;
}

/** The order in which statements that change several notifications take them. */
export function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

export interface Change {
  id: string;
  from: Status;
  to: Status;
  at: Date;
  reason: string | null;
  /** The provider that reported, for a row that does not know its own yet. */
  by: string | null;
  /** What the timeline says of it. */
  steps: readonly Step[];
  /** Queued with the change, or not at all. */
  callback: NewJob<"service-callbacks"> | null;
}

/**
 * Changes statuses by compare-and-set and queues the callbacks of those that changed, in one statement. False where
 * the status was no longer `from`; of two changes of one row in one call, one is false.
 */
export async function changeStatuses(db: Db, changes: readonly Change[]): Promise<boolean[]> {
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

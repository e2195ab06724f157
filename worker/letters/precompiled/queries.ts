import type { Db } from "../../../shared/database.ts";
import type { Status } from "../../../shared/notification/notification.ts";
import { type Step, writeSteps } from "../../../shared/notification/timeline.ts";
import type { NewJob } from "../../../shared/queue/enqueue.ts";
import { toRow } from "../../../shared/queue/enqueue.ts";

/** What the tasks of precompiled letters need to know of one. */
export interface PrecompiledLetter {
  serviceId: string;
  status: Status;
  keyType: string;
  reference: string;
  allowsInternational: boolean;
}

/** Null where there is no such letter. */
export async function findPrecompiled(db: Db, notificationId: string): Promise<PrecompiledLetter | null> {
  const [row] = await db<PrecompiledLetter[]>`
    select n.service_id as "serviceId", n.status, n.key_type as "keyType", l.reference,
      exists (select from service_permissions p
        where p.service_id = n.service_id and p.permission = 'international_letters') as "allowsInternational"
    from notifications n join letters l on l.notification_id = n.id
    where n.id = ${notificationId} and l.precompiled`;
  return row ?? null;
}

/** How the checks of a precompiled letter ended. */
export interface Checked {
  notificationId: string;
  to: "created" | "delivered" | "validation-failed" | "virus-scan-failed" | "technical-failure";
  reason: string | null;
  billableUnits: number;
  at: Date;
  refusal: string | null;
  refusedPages: readonly number[] | null;
  pages: number | null;
  /** What is printed; null where nothing is. */
  made: {
    bytes: number;
    sha256: Uint8Array;
    to: string;
    normalisedTo: string;
    /** Its lines, encrypted. */
    address: string;
    /** Null at home, where the service's own choice stands. */
    zone: string | null;
  } | null;
}

/** Ends the checks of a letter that waits for them, in one statement. False where it does not wait any more. */
export async function markChecked(db: Db, checked: Checked): Promise<boolean> {
  const { notificationId, to, reason, billableUnits, at, refusal, refusedPages, pages, made } = checked;
  const end: Step = { kind: "end", at, status: to, reason };
  const steps = writeSteps(to === "created" ? [] : [end]);
  const isDelivered = to === "delivered";
  const rows = await db`
    with moved as (
      update notifications n set status = ${to}, status_reason = ${reason}, billable_units = ${billableUnits},
        updated_at = ${at}, sent_at = case when ${isDelivered} then ${at}::timestamptz end,
        sent_by = case when ${isDelivered} then 'dvla' end,
        recipient = coalesce(${made?.to ?? null}, n.recipient),
        normalised_to = coalesce(${made?.normalisedTo ?? null}, n.normalised_to),
        international = ${(made?.zone ?? null) !== null},
        timeline = concat_ws(E'\n', n.timeline, ${steps}::text)
      where n.id = ${notificationId} and n.status = 'pending-virus-check'
      returning n.id
    ), made as (
      update letters l set pages = ${pages}, bytes = ${made?.bytes ?? null}, sha256 = ${made?.sha256 ?? null},
        made_at = case when ${made !== null} then ${at}::timestamptz end,
        refusal = ${refusal}, refused_pages = ${refusedPages === null ? null : [...refusedPages]}::integer[],
        address = ${made?.address ?? null}, postage = coalesce(${made?.zone ?? null}, l.postage)
      from moved where l.notification_id = moved.id
    )
    select id from moved`;
  return rows.length === 1;
}

/**
 * Queues the next check of a letter that waits for it, in one statement; a job that does not wait or run already.
 * Answers whether it did.
 */
export async function queueCheck(
  db: Db,
  notificationId: string,
  job: NewJob<"scan-letter" | "sanitise-letter">,
): Promise<boolean> {
  const rows = await db`
    select enqueue_jobs(${JSON.stringify([toRow(job)])}::text::json)
    from notifications n
    where n.id = ${notificationId} and n.status = 'pending-virus-check'
      and not exists (select from pgboss.job j where j.name = ${job.name} and j.state <= 'active'
        and j.data->>'notificationId' = ${notificationId})`;
  return rows.length === 1;
}

export interface Waiting {
  id: string;
  serviceId: string;
  reference: string;
}

const working = ["scan-letter", "sanitise-letter", "delivery-exhausted"];

/** Letters of an age that wait for their checks and have no job; `limit` at most, the oldest first. */
export async function listStuckChecks(
  db: Db,
  { from, to, limit }: { from: Date; to: Date; limit: number },
): Promise<Waiting[]> {
  return await db<Waiting[]>`
    with working as materialized (
      select data->>'notificationId' as id from pgboss.job where name = any(${working}) and state <= 'active'
    )
    select n.id, n.service_id as "serviceId", l.reference
    from letters l join notifications n on n.id = l.notification_id
    where l.settled_at is null and l.created_at >= ${from} and l.created_at < ${to}
      and n.status = 'pending-virus-check' and not exists (select from working w where w.id = n.id::text)
    order by l.created_at limit ${limit}`;
}

/** Letters that waited so long that nobody scans them again, with a job or without. */
export async function listGivenUpChecks(
  db: Db,
  { from, to, limit }: { from: Date; to: Date; limit: number },
): Promise<Waiting[]> {
  return await db<Waiting[]>`
    select n.id, n.service_id as "serviceId", l.reference
    from letters l join notifications n on n.id = l.notification_id
    where l.settled_at is null and l.created_at >= ${from} and l.created_at < ${to}
      and n.status = 'pending-virus-check'
    order by l.created_at limit ${limit}`;
}

/** Lets precompiled letters that failed before they were checked be scanned again. Answers which. */
export async function rescan(db: Db, ids: readonly string[] | "all"): Promise<string[]> {
  const rows = await db<{ id: string; serviceId: string }[]>`
    with moved as (
      update notifications n set status = 'pending-virus-check', status_reason = null
      from letters l
      where l.notification_id = n.id and l.precompiled and l.made_at is null and l.refusal is null
        and n.status = 'technical-failure' ${ids === "all" ? db`` : db`and n.id = any(${ids as string[]}::uuid[])`}
      returning n.id, n.service_id as "serviceId"
    ), unsettled as (
      update letters l set settled_at = null from moved where l.notification_id = moved.id
    ), queued as (
      select enqueue_jobs(coalesce(json_agg(json_build_object('name', 'scan-letter',
        'data', json_build_object('notificationId', id), 'group_id', "serviceId")), '[]')) from moved
    )
    select moved.id, moved."serviceId" from moved, queued order by moved.id`;
  return rows.map(({ id }) => id);
}

/** Whether a letter has what is printed. */
export async function hasPdf(db: Db, notificationId: string): Promise<boolean> {
  const rows = await db`
    select from letters where notification_id = ${notificationId} and made_at is not null and refusal is null`;
  return rows.length === 1;
}

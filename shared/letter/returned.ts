import type { ReturnedLetter } from "../callback/returned-letter.ts";
import type { Db } from "../database.ts";
import type { Status } from "../notification/notification.ts";
import { writeSteps } from "../notification/timeline.ts";
import { type NewJob, toRow } from "../queue/enqueue.ts";

/** A letter that is said to have come back. */
export interface Returned {
  reference: string;
  status: Status;
  letter: ReturnedLetter;
  /** Whether its service is yet to be told, and wants to be. */
  isToldOf: boolean;
}

/**
 * What a letter was that may have come back: it has gone out, whatever its printer said of it since. One that cannot
 * have gone out cannot have come back.
 */
export const returnable: ReadonlySet<Status> = new Set<Status>([
  "sending",
  "delivered",
  "temporary-failure",
  "permanent-failure",
  "returned-letter",
]);

/** The letters of these references, live or history; no row for one that nobody knows. */
export async function listReturned(db: Db, references: readonly string[]): Promise<Returned[]> {
  const rows = await db<
    (Omit<Returned, "letter"> &
      Pick<ReturnedLetter, "id" | "serviceId" | "createdAt"> & {
        clientReference: string | null;
        template: ReturnedLetter["template"] & { hidden: boolean };
      })[]
  >`
    with found as (
      select l.reference, n.id, n.service_id, n.status, n.created_at, n.client_reference, n.template_id,
        n.template_version
      from letters l join notifications n on n.id = l.notification_id
      where l.reference = any(${references as string[]})
      union
      select l.reference, h.id, h.service_id, h.status, h.created_at, h.client_reference, h.template_id,
        h.template_version
      from letters l join notification_history h on h.id = l.notification_id
      where l.reference = any(${references as string[]})
        and not exists (select from notifications n where n.id = h.id)
    )
    select f.reference, f.id, f.service_id as "serviceId", f.status, f.created_at as "createdAt",
      f.client_reference as "clientReference",
      json_build_object('id', t.id, 'name', t.name, 'version', t.version, 'hidden', t.hidden) as template,
      exists (select from service_callback_api c
        where c.service_id = f.service_id and c.callback_type = 'returned_letter')
        and not exists (select from returned_letters r where r.notification_id = f.id) as "isToldOf"
    from found f join templates_history t on t.id = f.template_id and t.version = f.template_version`;
  return rows.map(({ reference, status, isToldOf, id, serviceId, createdAt, clientReference, template }) => {
    const { hidden, ...shown } = template;
    const sent = { by: "API", reference: clientReference } as const;
    const letter = { id, serviceId, createdAt, sent, template: hidden ? null : shown, spreadsheet: null };
    return { reference, status, isToldOf, letter };
  });
}

/**
 * Notes that letters came back, each once, with the date of the first report, and queues the callbacks of those that
 * were not noted before; moves their statuses by compare-and-set, live and in history; all in one statement. Answers how
 * many were noted and how many moved.
 */
export async function markReturned(
  db: Db,
  letters: readonly { id: string; serviceId: string; callback: NewJob<"service-callbacks"> | null }[],
  { reportedAt, at }: { reportedAt: string; at: Date },
): Promise<{ noted: number; moved: number; movedInHistory: number }> {
  const rows = letters.map(({ id, serviceId }, n) => ({ n, id, service_id: serviceId }));
  rows.sort((a, b) => (a.id < b.id ? -1 : 1));
  const jobs = letters.flatMap(({ callback }, n) => (callback ? [{ n, ...toRow(callback) }] : []));
  const from = [...returnable].filter((status) => status !== "returned-letter");
  const status = "returned-letter";
  const step = { kind: "receipt", at, provider: "dvla", status, code: null, detail: null } as const;
  const steps = writeSteps([{ ...step, reason: "The post brought it back", happenedAt: null }]);
  const [row] = await db<{ noted: number; moved: number; movedInHistory: number }[]>`
    with given as materialized (
      select * from json_to_recordset(${JSON.stringify(rows)}::text::json)
        as g (n integer, id uuid, service_id uuid)
      -- As in changeStatuses.
      where g.n between 0 and 9999
    ), live as (
      select n.id from notifications n join given g on g.id = n.id
      where n.status = any(${from}) and n.notification_type = 'letter'
      order by n.id for update of n
    ), moved as (
      update notifications n set status = 'returned-letter', updated_at = ${at},
        timeline = concat_ws(E'\n', n.timeline, ${steps}::text)
      from live where n.id = live.id and n.status = any(${from}) returning n.id
    ), moved_kept as (
      update notification_history h set status = 'returned-letter', updated_at = ${at}
      from given g where h.id = g.id and h.status = any(${from}) and h.notification_type = 'letter' returning h.id
    ), settled as (
      update letters l set settled_at = ${at}
      from given g where l.notification_id = g.id and l.settled_at is null
    ), noted as (
      insert into returned_letters (notification_id, service_id, reported_at, created_at)
      select id, service_id, ${reportedAt}::text::date, ${at}::timestamptz from given order by id
      on conflict (notification_id) do nothing
      returning notification_id
    ), queued as (
      select enqueue_jobs(${JSON.stringify(jobs)}::text::json,
        array(select g.n from given g join noted on noted.notification_id = g.id))
    )
    select (select count(*)::int from noted) as noted, (select count(*)::int from moved) as moved,
      (select count(*)::int from moved_kept) as "movedInHistory"
    from queued`;
  return row ?? { noted: 0, moved: 0, movedInHistory: 0 };
}

/** Letters that one job is about. */
const mostInJob = 5000;

/** The jobs that note what came back; references in capitals, as letters have them. */
export function returnedJobs(
  references: readonly string[],
  reportedAt: string,
): NewJob<"returned-letters">[] {
  const unique = [...new Set(references.map((reference) => reference.toUpperCase()))];
  return Array.from({ length: Math.ceil(unique.length / mostInJob) }, (_, n) => ({
    name: "returned-letters",
    data: { references: unique.slice(n * mostInJob, (n + 1) * mostInJob), reportedAt },
  }));
}

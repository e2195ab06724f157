import type { Db } from "../database.ts";
import type { Status } from "../notification/notification.ts";
import { wordsOf, writeSteps } from "../notification/timeline.ts";
import { isPrinted, type Response } from "./response-line.ts";

/** What became of a letter that a response named. */
export interface Applied {
  /** Null where nobody knows the reference. */
  notificationId: string | null;
  /** What it was; null for a letter whose notification is gone without a trace, as test keys' are. */
  was: Status | null;
  becomes: Status;
  moved: boolean;
  /** Sheets by our own count, which is the true one. */
  sheets: number | null;
}

function statusOf(response: Response): "delivered" | "temporary-failure" {
  return isPrinted(response) ? "delivered" : "temporary-failure";
}

/**
 * Moves letters from `sending` to what the printer says became of them, whether their notifications are live or
 * history, and notes when they went and how they were sorted; in one statement. No reference may be in it twice. The
 * service is not called back (`spec/letters.md` 5.4). Answers in the order given.
 */
export async function applyResponses(db: Db, responses: readonly Response[], at: Date): Promise<Applied[]> {
  const given = responses.map((response, n) => toRow(response, n, at));
  const rows = await db<{ n: number; notificationId: string; was: Status | null; sheets: number | null }[]>`
    with given as materialized (
      select g.*, l.notification_id as id
      from json_to_recordset(${JSON.stringify(given)}::text::json) as g
        (n integer, reference text, status text, reason text, steps text, threshold text, despatched_on date)
        join letters l on l.reference = g.reference
      -- As in changeStatuses: the list is small beside the tables. It would not be beside itself, so it is joined to
      -- tables alone.
      where g.n between 0 and 9999
    ), live as (
      select g.*, n.status as was, n.billable_units as sheets from given g join notifications n on n.id = g.id
      where n.notification_type = 'letter'
      -- Everyone who changes several locks them in this order.
      order by n.id for update of n
    ), kept as (
      select g.*, h.status as was, h.billable_units as sheets from given g join notification_history h on h.id = g.id
      where h.notification_type = 'letter'
      order by h.id for update of h
    ), known as (
      select * from live union all select * from kept
    ), moved as (
      update notifications n set status = k.status, updated_at = ${at}, status_reason = k.reason,
        sent_by = coalesce(n.sent_by, 'dvla'), timeline = concat_ws(E'\n', n.timeline, k.steps)
      from live k where n.id = k.id and k.was = 'sending' and n.status = 'sending'
    ), moved_kept as (
      update notification_history h set status = k.status, updated_at = ${at}
      from kept k where h.id = k.id and k.was = 'sending' and h.status = 'sending'
    ), noted as (
      update letters l set settled_at = coalesce(l.settled_at, ${at}),
        despatched_on = coalesce(k.despatched_on, l.despatched_on),
        cost_threshold = coalesce(k.threshold, l.cost_threshold)
      from known k
      where l.notification_id = k.id
        and (k.was in ('sending', k.status) or k.was = 'returned-letter' and k.status = 'delivered')
        and (l.settled_at is null or l.despatched_on is distinct from coalesce(k.despatched_on, l.despatched_on)
          or l.cost_threshold is distinct from coalesce(k.threshold, l.cost_threshold))
    )
    select n, id as "notificationId", null as was, null::integer as sheets from given
    union all
    select n, id, was, sheets from known`;
  const found = new Map<number, (typeof rows)[number]>();
  // What is known of a letter's notification over what is known of the letter.
  for (const row of rows) if (row.was !== null || !found.has(row.n)) found.set(row.n, row);
  return responses.map((response, n) => {
    const { notificationId = null, was = null, sheets = null } = found.get(n) ?? {};
    // Locked as `sending`, it could become nothing else meanwhile.
    return { notificationId, was, becomes: statusOf(response), moved: was === "sending", sheets };
  });
}

function toRow(response: Response, n: number, at: Date) {
  const status = statusOf(response);
  const printed = isPrinted(response);
  const reason = printed ? null : `The printer answered: ${wordsOf(response.word)}`;
  const step = { kind: "receipt", at, provider: "dvla", status, code: response.word, reason } as const;
  return {
    n,
    reference: response.reference,
    status,
    reason,
    steps: writeSteps([{ ...step, detail: null, happenedAt: null }]),
    // What failed did not go.
    threshold: printed ? response.threshold : null,
    despatched_on: printed ? response.despatchedOn : null,
  };
}

/** Whether a response says what is so already: it was read before, or the letter has come back since. */
export function saysNothingNew({ was, becomes }: Applied): boolean {
  return was === becomes || (was === "returned-letter" && becomes === "delivered");
}

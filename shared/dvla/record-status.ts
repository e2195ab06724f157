import { raiseAlert } from "../alert/alert.ts";
import type { Db, Pool } from "../database.ts";
import type { Status } from "../notification/notification.ts";
import { writeSteps } from "../notification/timeline.ts";
import type { StatusReport } from "./status-report.ts";

export type Recorded =
  /** `ourSheets` is what we counted. */
  | { outcome: "recorded"; status: Status; ourSheets: number }
  /** It had an end already: DVLA repeats itself. Null where the notification is gone. */
  | { outcome: "ignored"; status: Status | null };

/**
 * Moves a letter that the printer has to `delivered` or `technical-failure` by compare-and-set, with the day it went
 * and how it was sorted; of a rejected one somebody is told, in the same commit. A report may overtake our note that
 * the letter was handed over. No service is told: letters have no delivery callbacks.
 */
export async function recordStatus(sql: Pool, report: StatusReport, at: Date): Promise<Recorded> {
  if (report.despatch) return await move(sql, report, at);
  return await sql.begin(async (tx) => {
    const recorded = await move(tx, report, at);
    if (recorded.outcome === "recorded") {
      await raiseAlert(tx, {
        subject: "letters-rejected",
        severity: "ticket",
        title: "The printer rejected letters",
        facts: { latest_notification: report.jobId },
        at,
      });
    }
    return recorded;
  });
}

async function move(
  db: Db,
  { jobId, happenedAt, despatch, word }: StatusReport,
  at: Date,
): Promise<Recorded> {
  const status: Status = despatch ? "delivered" : "technical-failure";
  const reason = despatch ? null : "The printer rejected it";
  const steps = writeSteps([
    {
      kind: "receipt",
      at,
      provider: "dvla",
      status,
      code: word,
      detail: despatch?.product ?? null,
      reason,
      happenedAt,
    },
  ]);
  const [row] = await db<{ status: Status; moved: boolean; sheets: number }[]>`
    with moved as (
      update notifications set status = ${status}, updated_at = ${at}, status_reason = ${reason},
        sent_at = coalesce(sent_at, ${at}), sent_by = coalesce(sent_by, 'dvla'), claimed_until = null,
        timeline = concat_ws(E'\n', timeline, ${steps}::text)
      where id = ${jobId} and notification_type = 'letter' and status in ('created', 'sending')
      returning id
    ), despatched as (
      update letters l set despatched_on = ${despatch?.on ?? null}, cost_threshold = ${despatch?.threshold ?? null}
      from moved where l.notification_id = moved.id
    )
    select n.status, n.billable_units as sheets, exists (select from moved) as moved
    from notifications n where n.id = ${jobId}`;
  if (!row?.moved) return { outcome: "ignored", status: row?.status ?? null };
  return { outcome: "recorded", status, ourSheets: row.sheets };
}

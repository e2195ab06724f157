import type { Db } from "../database.ts";
import type { AlertFact, NewAlert } from "./alert.ts";

/** An alert that one worker may now tell people of, and who was told already. */
export interface ClaimedAlert {
  id: string;
  subject: string;
  severity: NewAlert["severity"];
  title: string;
  facts: Record<string, AlertFact>;
  openedAt: Date;
  resolvedAt: Date | null;
  told: Record<Telling, boolean>;
}

/** What is done of an alert, each once; `end`: saying by webhook that it is over. */
export type Telling = "log" | "webhook" | "zendesk" | "end";

const columns = {
  log: "logged_at",
  webhook: "posted_at",
  zendesk: "ticketed_at",
  end: "end_posted_at",
} as const;

export type AlertClaim =
  | { outcome: "claimed"; alert: ClaimedAlert }
  /** Another worker tells of it, or died while it did. */
  | { outcome: "busy" }
  | { outcome: "missing" };

/** Lets one worker tell of an alert. The claim lapses after `seconds`, longer than all the telling takes. */
export async function claimAlert(
  db: Db,
  id: string,
  { at, seconds }: { at: Date; seconds: number },
): Promise<AlertClaim> {
  const [row] = await db<(ClaimedAlert & { isClaimed: boolean })[]>`
    with claimed as (
      update alerts set telling_until = ${at}::timestamptz + ${seconds} * interval '1s'
      where id = ${id} and (telling_until is null or telling_until < ${at})
      returning id
    )
    select a.id, a.subject, a.severity, a.title, a.facts, a.opened_at as "openedAt", a.resolved_at as "resolvedAt",
      json_build_object('log', logged_at is not null, 'webhook', posted_at is not null,
        'zendesk', ticketed_at is not null, 'end', end_posted_at is not null) as told,
      exists (select from claimed) as "isClaimed"
    from alerts a where a.id = ${id}`;
  if (!row) return { outcome: "missing" };
  const { isClaimed, ...alert } = row;
  return isClaimed ? { outcome: "claimed", alert } : { outcome: "busy" };
}

/** Notes that it was told, so that it is not told there again. */
export async function markTold(db: Db, id: string, telling: Telling, at: Date): Promise<void> {
  await db`update alerts set ${db(columns[telling])} = ${at} where id = ${id}`;
}

/** Lets another attempt tell what is left. */
export async function releaseAlert(db: Db, id: string): Promise<void> {
  await db`update alerts set telling_until = null where id = ${id}`;
}

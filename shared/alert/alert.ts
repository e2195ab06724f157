import type { Db } from "../database.ts";
import { toRow } from "../queue/enqueue.ts";

export interface NewAlert {
  /** What it is about, for the program: at most one alert of a subject is open. */
  subject: string;
  /** `page`: wake somebody. `ticket`: within the day. */
  severity: "page" | "ticket";
  /** For people. Nothing personal, as in `facts`. */
  title: string;
  facts: Readonly<Record<string, AlertFact>>;
  at: Date;
}

export type AlertFact = string | number | boolean | null | readonly string[];

/**
 * Opens an alert and queues telling people of it, in one statement. Where the subject has one open, that is noted as
 * seen again, with the new facts, and nobody is told twice. Answers whether it was opened. Inside a transaction it
 * shares its fate.
 */
export async function raiseAlert(
  db: Db,
  { subject, severity, title, facts, at }: NewAlert,
): Promise<boolean> {
  const id = crypto.randomUUID();
  const jobs = [toRow({ name: "send-alerts", data: { alertId: id } })];
  const [row] = await db<{ opened: boolean }[]>`
    with raised as (
      insert into alerts as a (id, subject, severity, title, facts, opened_at, last_seen_at)
      values (${id}, ${subject}, ${severity}, ${title}, ${JSON.stringify(facts)}::text::json, ${at}, ${at})
      on conflict (subject) where resolved_at is null do update
        set times = a.times + 1, last_seen_at = excluded.last_seen_at, facts = excluded.facts
      returning id = ${id} as opened
    ), queued as (
      select enqueue_jobs(${JSON.stringify(jobs)}::text::json) from raised where opened
    )
    select opened from raised left join queued on true`;
  return row?.opened ?? false;
}

/** Closes the open alert of a subject, if there is one, and queues saying so. Answers whether there was. */
export async function resolveAlert(db: Db, subject: string, at: Date): Promise<boolean> {
  const rows = await db`
    with resolved as (
      update alerts set resolved_at = ${at} where subject = ${subject} and resolved_at is null returning id
    )
    select enqueue_jobs(json_build_array(
      json_build_object('name', 'send-alerts', 'data', json_build_object('alertId', id))))
    from resolved`;
  return rows.length > 0;
}

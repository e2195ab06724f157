import type { Db } from "../database.ts";
import type { AlertFact, NewAlert } from "./alert.ts";

export interface ListedAlert {
  id: string;
  subject: string;
  severity: NewAlert["severity"];
  title: string;
  openedAt: Date;
  times: number;
  lastSeenAt: Date;
  resolvedAt: Date | null;
}

export interface ShownAlert extends ListedAlert {
  facts: Record<string, AlertFact>;
  loggedAt: Date | null;
  postedAt: Date | null;
  ticketedAt: Date | null;
}

/** As many as are listed of those that are over. */
const mostListed = 1000;

/** The open ones, newest first. */
export async function listOpenAlerts(db: Db): Promise<ListedAlert[]> {
  return await db<ListedAlert[]>`
    select ${listed(db)} from alerts where resolved_at is null order by opened_at desc, id`;
}

/** Those that are over too, the newest thousand. */
export async function listAllAlerts(db: Db): Promise<ListedAlert[]> {
  return await db<ListedAlert[]>`
    select ${listed(db)} from alerts order by opened_at desc, id limit ${mostListed}`;
}

/** The newest of a subject, open or not. Null where there is none. */
export async function findAlert(db: Db, subject: string): Promise<ShownAlert | null> {
  const [row] = await db<ShownAlert[]>`
    select ${listed(db)}, facts, logged_at as "loggedAt", posted_at as "postedAt", ticketed_at as "ticketedAt"
    from alerts where subject = ${subject} order by opened_at desc limit 1`;
  return row ?? null;
}

function listed(db: Db) {
  return db`id, subject, severity, title, opened_at as "openedAt", times, last_seen_at as "lastSeenAt",
    resolved_at as "resolvedAt"`;
}

/** How many are open, of either severity. */
export async function countOpenAlerts(db: Db): Promise<Record<NewAlert["severity"], number>> {
  const [row] = await db<{ page: number; ticket: number }[]>`
    select count(*) filter (where severity = 'page')::integer as page,
      count(*) filter (where severity = 'ticket')::integer as ticket
    from alerts where resolved_at is null`;
  return row ?? { page: 0, ticket: 0 };
}

/** Deletes those that have been over for so long; open ones stay. Answers how many went. */
export async function deleteResolvedAlerts(
  db: Db,
  { at, days }: { at: Date; days: number },
): Promise<number> {
  const { count } = await db`
    delete from alerts where resolved_at < ${at}::timestamptz - ${days} * interval '1 day'`;
  return count;
}

import type { Db } from "../database.ts";

/** Something that is about to be done in the console, and by whom. */
export interface NewEntry {
  id: string;
  at: Date;
  /** Null where nobody is known: a sign-in that failed. */
  userId: string | null;
  userName: string;
  /** Null for what is not of one service. */
  serviceId: string | null;
  /** `template.change`, `api-key.create`, `notification.open`. */
  action: string;
  /** What it is done to: `template 5b2a1c3d-…`. Never a recipient, content or secret. */
  subject: string;
  /** What it was, as far as it is to change; null where there was nothing. */
  before: object | null;
}

export type Outcome = "begun" | "done" | "refused" | "failed";

export interface Entry extends NewEntry {
  after: object | null;
  outcome: Outcome;
  endedAt: Date | null;
}

/** Written before the change, so that no change is without one. */
export async function beginEntry(db: Db, entry: NewEntry): Promise<void> {
  const { id, at, userId, userName, serviceId, action, subject, before } = entry;
  await db`
    insert into audit (id, at, user_id, user_name, service_id, action, subject, before)
    values (${id}, ${at}, ${userId}, ${userName}, ${serviceId}, ${action}, ${subject}, ${asJson(before)}::text::jsonb)`;
}

export async function endEntry(
  db: Db,
  { id, outcome, after, at }: { id: string; outcome: Outcome; after: object | null; at: Date },
): Promise<void> {
  await db`
    update audit set outcome = ${outcome}, after = ${asJson(after)}::text::jsonb, ended_at = ${at}
    where id = ${id} and outcome = 'begun'`;
}

/** Something that happened in one step: who looked at what. */
export async function noteEntry(db: Db, entry: NewEntry): Promise<void> {
  await beginEntry(db, entry);
  await endEntry(db, { id: entry.id, outcome: "done", after: null, at: entry.at });
}

export interface AuditQuery {
  /** Null: of all services, and of none. */
  serviceId: string | null;
  userId: string | null;
  /** The beginning of an action, `template.`; null for any. */
  action: string | null;
  /** Those before this entry, by time; null from the newest. */
  olderThan: { at: Date; id: string } | null;
  limit: number;
}

/** Newest first. */
export async function listEntries(db: Db, query: AuditQuery): Promise<Entry[]> {
  const { serviceId, userId, action, olderThan, limit } = query;
  return await db<Entry[]>`
    select id, at, user_id as "userId", user_name as "userName", service_id as "serviceId", action, subject, before,
      after, outcome, ended_at as "endedAt"
    from audit
    where ${serviceId === null ? db`true` : db`service_id = ${serviceId}`}
      and ${userId === null ? db`true` : db`user_id = ${userId}`}
      and ${action === null ? db`true` : db`starts_with(action, ${action})`}
      and ${olderThan === null ? db`true` : db`(at, id) < (${olderThan.at}, ${olderThan.id}::uuid)`}
    order by at desc, id desc limit ${limit}`;
}

function asJson(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

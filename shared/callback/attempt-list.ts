import type { Db } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import type { CallbackType } from "../service/callback-types.ts";
import { type AttemptOutcome, attemptColumns, type CallbackAttempt, excerptOf } from "./attempts.ts";

/** One attempt among a service's. */
export interface ListedAttempt extends CallbackAttempt {
  /** Where it stands in the list: a page begins after one. */
  cursor: string;
  subjectId: string;
  /** How the answer began, in whatever the receiver wrote; null where it wrote nothing, or its key is gone. */
  excerpt: string | null;
}

export interface AttemptsQuery {
  serviceId: string;
  type: CallbackType | null;
  /** `final-failure`: what ended otherwise than well, and was not tried again since. */
  outcome: AttemptOutcome | "final-failure" | null;
  since: Date | null;
  /** A cursor: only what stands after it. */
  olderThan: string | null;
  limit: number;
}

/** Microseconds since 1970 and the attempt's id. */
export const cursorShape = /^\d{1,17}-\d{1,18}$/;

/** Newest first; those of one instant by id, so that no page skips one. */
export async function listServiceAttempts(
  db: Db,
  cipher: Cipher,
  { serviceId, type, outcome, since, olderThan, limit }: AttemptsQuery,
): Promise<ListedAttempt[]> {
  const [micros = "0", id = "0"] = olderThan?.split("-") ?? [];
  const before = db`and (a.at, a.id) < ('epoch'::timestamptz + ${micros}::bigint * interval '1 microsecond', ${id}::bigint)`;
  const rows = await db<ListedAttempt[]>`
    select ${attemptColumns(db)}, a.subject_id as "subjectId", a.excerpt,
      (extract(epoch from a.at) * 1000000)::bigint || '-' || a.id as cursor
    from callback_attempts a
    where a.service_id = ${serviceId} ${olderThan === null ? db`` : before}
      ${since === null ? db`` : db`and a.at >= ${since}`}
      ${type === null ? db`` : db`and a.type = ${type}`} ${endedAs(db, outcome)}
    order by a.at desc, a.id desc limit ${limit}`;
  return await Promise.all(rows.map((row) => opened(row, cipher)));
}

/** What is not delivered has an index, for a condition in these words. */
function endedAs(db: Db, outcome: AttemptsQuery["outcome"]) {
  switch (outcome) {
    case null:
      return db``;
    case "delivered":
      return db`and a.outcome = 'delivered'`;
    case "final-failure":
      return db`and a.outcome <> 'delivered' and a.outcome <> 'failed' and not exists (
        select from callback_attempts later
        where later.subject_id = a.subject_id and later.type = a.type and later.id > a.id)`;
    default:
      return db`and a.outcome <> 'delivered' and a.outcome = ${outcome}`;
  }
}

async function opened(row: ListedAttempt, cipher: Cipher): Promise<ListedAttempt> {
  if (row.excerpt === null) return row;
  // One that cannot be read any more is no reason to show nothing of the others.
  return { ...row, excerpt: await cipher.decrypt(row.excerpt, excerptOf(row)).catch(() => null) };
}

/** Deletes attempts that are older than `days`, the oldest of each service first. Answers how many. */
export async function deleteOldAttempts(
  db: Db,
  { at, days, limit }: { at: Date; days: number; limit: number },
): Promise<number> {
  const before = new Date(at.getTime() - days * 24 * 3600 * 1000);
  const { count } = await db`
    delete from callback_attempts d using (
      select old.subject_id, old.id from services s cross join lateral (
        select a.subject_id, a.id from callback_attempts a
        where a.service_id = s.id and a.at < ${before} order by a.at limit ${limit}
      ) old
      limit ${limit}
    ) old
    where d.subject_id = old.subject_id and d.id = old.id`;
  return count;
}

import type { CallbackAttempt } from "../callback/attempts.ts";
import type { Db } from "../database.ts";

/** A text that was received, without what it says. */
export interface ListedText {
  id: string;
  notifyNumber: string;
  userNumber: string;
  createdAt: Date;
  /** To the microsecond, for the page that follows. */
  at: string;
  /** How the last attempt to tell the service of it ended; null where it was not told. */
  told: CallbackAttempt["outcome"] | null;
}

interface Search {
  serviceId: string;
  /** A part of the sender's number; empty: anybody's. */
  number: string;
  olderThan: { at: string; id: string } | null;
  limit: number;
}

/** A service's, newest first, those of one instant by id. */
export async function findTexts(
  db: Db,
  { serviceId, number, olderThan, limit }: Search,
): Promise<ListedText[]> {
  return await db<ListedText[]>`
    select t.id, t.notify_number as "notifyNumber", t.user_number as "userNumber", t.created_at as "createdAt",
      (t.created_at at time zone 'UTC')::text || '+00' as at,
      (select a.outcome from callback_attempts a where a.subject_id = t.id order by a.id desc limit 1) as told
    from inbound_sms t
    where t.service_id = ${serviceId}
      ${number === "" ? db`` : db`and strpos(lower(t.user_number), lower(${number})) > 0`}
      ${olderThan === null ? db`` : db`and (t.created_at, t.id) < (${olderThan.at}::text::timestamptz, ${olderThan.id}::uuid)`}
    order by t.created_at desc, t.id desc limit ${limit}`;
}

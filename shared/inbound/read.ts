import type { Db } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import { addDays } from "../time/calendar.ts";
import { londonDate, londonMidnight } from "../time/london.ts";
import { type ReceivedText, receivedTextOf } from "./queries.ts";

/** In one answer at most, the newest: beyond what anybody reads. */
const most = 5000;

/** The instant from which London's last `days` whole days, and today, count. */
export function daysBack(now: Date, days: number): Date {
  return londonMidnight(addDays(londonDate(now), -days));
}

interface Recent {
  serviceId: string;
  since: Date;
}

/** The newest first, no more than 5,000; of one sender where `userNumber` is given, in its digits. */
export async function listRecentTexts(
  db: Db,
  cipher: Cipher,
  { serviceId, since, userNumber }: Recent & { userNumber: string | null },
): Promise<ReceivedText[]> {
  const rows = await db<ReceivedText[]>`
    select ${columns(db)} from inbound_sms
    where service_id = ${serviceId} and created_at >= ${since}
      and (${userNumber}::text is null or user_number = ${userNumber}::text)
    order by created_at desc, id desc limit ${most}`;
  return await open(rows, cipher);
}

/** The newest of each sender, the newest first; `page` counts from 1. */
export async function listSendersTexts(
  db: Db,
  cipher: Cipher,
  { serviceId, since, page, size }: Recent & { page: number; size: number },
): Promise<{ texts: ReceivedText[]; hasNext: boolean }> {
  const rows = await db<ReceivedText[]>`
    with newest as (
      select distinct on (user_number) * from inbound_sms
      where service_id = ${serviceId} and created_at >= ${since}
      order by user_number, created_at desc, id desc)
    select ${columns(db)} from newest
    order by created_at desc, id desc limit ${size + 1} offset ${(page - 1) * size}`;
  return { texts: await open(rows.slice(0, size), cipher), hasNext: rows.length > size };
}

export async function summariseTexts(
  db: Db,
  { serviceId, since }: Recent,
): Promise<{ count: number; mostRecent: Date | null }> {
  const [row] = await db<{ count: number; mostRecent: Date | null }[]>`
    select (count(*) filter (where created_at >= ${since}))::int as count, max(created_at) as "mostRecent"
    from inbound_sms where service_id = ${serviceId}`;
  return row ?? { count: 0, mostRecent: null };
}

/** Null where the service has received no such text, or it is gone. */
export async function findReceivedText(
  db: Db,
  cipher: Cipher,
  { serviceId, id }: { serviceId: string; id: string },
): Promise<ReceivedText | null> {
  const rows = await db<ReceivedText[]>`
    select ${columns(db)} from inbound_sms where service_id = ${serviceId} and id = ${id}`;
  return (await open(rows, cipher))[0] ?? null;
}

/** When a service last received a text, one that is gone too; null where it never did. */
export async function findLastReceipt(db: Db, serviceId: string): Promise<Date | null> {
  const [row] = await db<{ at: Date | null }[]>`
    select max(created_at) as at from (
      select created_at from inbound_sms where service_id = ${serviceId}
      union all
      select created_at from inbound_sms_history where service_id = ${serviceId}) t`;
  return row?.at ?? null;
}

function columns(db: Db) {
  return db`id, service_id as "serviceId", notify_number as "notifyNumber", user_number as "userNumber", content,
    created_at as "createdAt"`;
}

async function open(rows: readonly ReceivedText[], cipher: Cipher): Promise<ReceivedText[]> {
  return await Promise.all(
    rows.map(async (row) => ({ ...row, content: await cipher.decrypt(row.content, receivedTextOf(row.id)) })),
  );
}

import type { Db } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import { byId } from "../notification/change.ts";
import { type NewJob, toRow } from "../queue/enqueue.ts";

/** A text that somebody sent to a service. */
export interface ReceivedText {
  id: string;
  serviceId: string;
  /** The service's. */
  notifyNumber: string;
  /** The sender's. */
  userNumber: string;
  content: string;
  createdAt: Date;
}

export interface NewReceivedText extends ReceivedText {
  /** Encrypted. */
  content: string;
  provider: string;
  /** When the provider says it came; null where it does not. */
  providerDate: Date | null;
  /** The provider's name for it. */
  providerReference: string | null;
  /** Queued with the text, where its service wants to be told at all. */
  callback: NewJob<"service-callbacks"> | null;
}

/**
 * Stores texts and queues their callbacks, in one statement. False where a text of that id is stored already, of this
 * call or an earlier one: its service is not told again.
 */
export async function storeReceivedTexts(db: Db, texts: readonly NewReceivedText[]): Promise<boolean[]> {
  const rows = texts.map(({ callback, ...text }, n) => ({ n, ...text }));
  const first = [...new Map(rows.toReversed().map((row) => [row.id, row])).values()].sort(byId);
  const jobs = texts.flatMap(({ callback }, n) => (callback ? [{ n, ...toRow(callback) }] : []));
  const stored = await db<{ n: number }[]>`
    with given as (
      select * from json_to_recordset(${JSON.stringify(first)}::text::json) as t (n integer, id uuid,
        "serviceId" uuid, "notifyNumber" text, "userNumber" text, content text, provider text,
        "providerDate" timestamptz, "providerReference" text, "createdAt" timestamptz)
    ), stored as (
      insert into inbound_sms (id, service_id, notify_number, user_number, provider, provider_date,
        provider_reference, content, created_at)
      select id, "serviceId", "notifyNumber", "userNumber", provider, "providerDate", "providerReference", content,
        "createdAt"
      from given
      on conflict (id) do nothing
      returning id
    ), told as (
      select enqueue_jobs(${JSON.stringify(jobs)}::text::json, array(
        select g.n from stored s join given g on g.id = s.id
          join service_callback_api c on c.service_id = g."serviceId" and c.callback_type = 'inbound_sms'))
    )
    select g.n from stored s join given g on g.id = s.id, told`;
  const isStored = new Set(stored.map(({ n }) => n));
  return texts.map((_, n) => isStored.has(n));
}

export interface ReceivedTextsQuery {
  serviceId: string;
  /** Only those before this text of the service in the list's order; none where it has no such one. */
  olderThan: string | null;
  limit: number;
}

/** Newest first; those of one instant by id, so that no page skips one. */
export async function listReceivedTexts(
  db: Db,
  cipher: Cipher,
  { serviceId, olderThan, limit }: ReceivedTextsQuery,
): Promise<ReceivedText[]> {
  const rows = await db<ReceivedText[]>`
    select id, service_id as "serviceId", notify_number as "notifyNumber", user_number as "userNumber", content,
      created_at as "createdAt"
    from inbound_sms
    where service_id = ${serviceId}
      ${
        olderThan === null
          ? db``
          : db`and (created_at, id) < (
              select o.created_at, o.id from inbound_sms o where o.id = ${olderThan} and o.service_id = ${serviceId})`
      }
    order by created_at desc, id desc
    limit ${limit}`;
  return await Promise.all(
    rows.map(async (row) => ({ ...row, content: await cipher.decrypt(row.content, receivedTextOf(row.id)) })),
  );
}

/** What a stored text's encryption is bound to. */
export function receivedTextOf(id: string): string {
  return `inbound_sms.content:${id}`;
}

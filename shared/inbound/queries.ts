import type { Db } from "../database.ts";
import type { Cipher } from "../encryption.ts";

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
  provider: string;
  /** When the provider says it came; null where it does not. */
  providerDate: Date | null;
  /** The provider's name for it. */
  providerReference: string | null;
}

/** False where a text of this id is stored already: the task ran before. */
export async function storeReceivedText(db: Db, cipher: Cipher, text: NewReceivedText): Promise<boolean> {
  const { id, serviceId, notifyNumber, userNumber, provider, providerDate, providerReference } = text;
  const content = await cipher.encrypt(text.content, receivedTextOf(id));
  const rows = await db`
    insert into inbound_sms (id, service_id, notify_number, user_number, provider, provider_date, provider_reference,
      content, created_at)
    values (${id}, ${serviceId}, ${notifyNumber}, ${userNumber}, ${provider}, ${providerDate}, ${providerReference},
      ${content}, ${text.createdAt})
    on conflict (id) do nothing
    returning id`;
  return rows.length === 1;
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

import type { Db } from "../../../shared/database.ts";
import type { Channel, Status } from "../../../shared/notification/notification.ts";
import type { KeyType } from "../../../shared/service/service.ts";

/** What is kept of a message. */
export interface Stored {
  facts: {
    id: string;
    serviceId: string;
    channel: Channel;
    keyType: KeyType;
    status: Status;
    statusReason: string | null;
    provider: string | null;
    /** The provider of the last attempt that failed. */
    lastTried: string | null;
    providerReference: string | null;
    templateId: string;
    templateVersion: number;
    international: boolean;
    billableUnits: number;
    createdAt: Date;
    sentAt: Date | null;
    updatedAt: Date | null;
    /** While a worker talks to a provider for it. */
    claimedUntil: Date | null;
  };
  personal: {
    recipient: string;
    clientReference: string | null;
    replyTo: string | null;
    /** Encrypted. */
    personalisation: string | null;
  };
}

/** Null where there is none. */
export async function findStored(db: Db, id: string): Promise<Stored | null> {
  const [row] = await db<(Stored["facts"] & Stored["personal"])[]>`
    select id, service_id as "serviceId", notification_type as channel, key_type as "keyType", status,
      status_reason as "statusReason", sent_by as provider, last_tried as "lastTried",
      reference as "providerReference", template_id as "templateId", template_version as "templateVersion",
      international, billable_units as "billableUnits", created_at as "createdAt", sent_at as "sentAt",
      updated_at as "updatedAt", claimed_until as "claimedUntil", recipient, client_reference as "clientReference",
      reply_to_text as "replyTo", personalisation
    from notifications where id = ${id}`;
  if (!row) return null;
  const { recipient, clientReference, replyTo, personalisation, ...facts } = row;
  return { facts, personal: { recipient, clientReference, replyTo, personalisation } };
}

export function noNotification(id: string): Error {
  return new Error(`Cannot find the notification ${id}: there is none`);
}

import type { Db } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import type { KeyType } from "../service/service.ts";
import { personalisationOf } from "./admit.ts";
import type { Channel, Status } from "./notification.ts";

/** A notification with all that operators' programs see of it (`spec/admin-api.md` 3). */
export interface NotificationObject {
  id: string;
  serviceId: string;
  channel: Channel;
  status: Status;
  keyType: KeyType;
  apiKeyId: string | null;
  keyName: string | null;
  to: string;
  normalisedTo: string | null;
  /** The provider's, or a letter's. */
  reference: string | null;
  clientReference: string | null;
  /** JSON text, decrypted; null where there is none, or its template hides it. */
  personalisation: string | null;
  billableUnits: number;
  international: boolean;
  phonePrefix: string | null;
  rateMultiplier: number | null;
  replyToText: string | null;
  postage: string | null;
  sentBy: string | null;
  unsubscribeLink: string | null;
  /** Its row in a spreadsheet, from 0. */
  jobRowNumber: number | null;
  job: { id: string; fileName: string } | null;
  createdBy: { id: string; name: string; emailAddress: string } | null;
  /** The version it was made from. */
  template: {
    id: string;
    version: number;
    name: string;
    type: Channel;
    content: string;
    subject: string | null;
    redacted: boolean;
    precompiled: boolean;
  };
  createdAt: Date;
  sentAt: Date | null;
  updatedAt: Date | null;
}

/** Null where the service has no such notification, or no longer. */
export async function findNotificationObject(
  db: Db,
  cipher: Cipher,
  serviceId: string,
  id: string,
): Promise<NotificationObject | null> {
  const [row] = await db<NotificationObject[]>`
    ${selectObjects(db)} where n.id = ${id} and n.service_id = ${serviceId}`;
  return row ? await decrypted(row, cipher) : null;
}

/** To be followed by a `where` about notifications `n`. */
export function selectObjects(db: Db) {
  return db`
    select n.id, n.service_id as "serviceId", n.notification_type as channel, n.status, n.key_type as "keyType",
      n.api_key_id as "apiKeyId", k.name as "keyName", n.recipient as "to", n.normalised_to as "normalisedTo",
      coalesce(l.reference, n.reference) as reference, n.client_reference as "clientReference",
      case when r.template_id is null then n.personalisation end as personalisation,
      n.billable_units as "billableUnits", n.international, n.phone_prefix as "phonePrefix",
      n.rate_multiplier::float8 as "rateMultiplier", n.reply_to_text as "replyToText", l.postage,
      n.sent_by as "sentBy", n.unsubscribe_link as "unsubscribeLink", n.job_row_number as "jobRowNumber",
      case when j.id is not null then json_build_object('id', j.id, 'fileName', j.original_file_name) end as job,
      case when u.id is not null
        then json_build_object('id', u.id, 'name', u.name, 'emailAddress', u.email_address) end as "createdBy",
      json_build_object('id', t.id, 'version', t.version, 'name', t.name, 'type', t.template_type,
        'content', t.content, 'subject', t.subject, 'redacted', r.template_id is not null, 'precompiled',
        t.hidden and t.template_type = 'letter' and t.name = 'Pre-compiled PDF') as template,
      n.created_at as "createdAt", n.sent_at as "sentAt", n.updated_at as "updatedAt"
    from notifications n
      join templates_history t on t.id = n.template_id and t.version = n.template_version
      left join template_redacted r on r.template_id = n.template_id
      left join letters l on l.notification_id = n.id
      left join api_keys k on k.id = n.api_key_id
      left join jobs j on j.id = n.job_id
      left join users u on u.id = coalesce(n.created_by_id, j.created_by_id)`;
}

export async function decrypted(row: NotificationObject, cipher: Cipher): Promise<NotificationObject> {
  if (row.personalisation === null) return row;
  return { ...row, personalisation: await cipher.decrypt(row.personalisation, personalisationOf(row.id)) };
}

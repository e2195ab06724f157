import type { Db } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import type { KeyType } from "../service/service.ts";
import { personalisationOf } from "./admit.ts";
import type { Channel, Notification, Status } from "./notification.ts";

/** One page of a service's notifications, newest first. */
export interface NotificationQuery {
  serviceId: string;
  /** Only what was sent with this type of key. */
  keyType: KeyType;
  /** Null: any. */
  statuses: readonly Status[] | null;
  /** Null: any. */
  types: readonly Channel[] | null;
  /** Null: any. An empty string is looked for like any other. */
  reference: string | null;
  /** True: those from uploaded spreadsheets as well. */
  includeJobs: boolean;
  /** Only those before this notification of the service in the list's order; none where it has no such one. */
  olderThan: string | null;
  limit: number;
}

/** Null where the service has no such notification. */
export async function findNotification(
  db: Db,
  cipher: Cipher,
  serviceId: string,
  id: string,
): Promise<Notification | null> {
  const [row] = await db<Notification[]>`
    select ${columns(db)} from notifications n
      join templates_history t on t.id = n.template_id and t.version = n.template_version
    where n.id = ${id} and n.service_id = ${serviceId}`;
  return row ? await decrypted(row, cipher) : null;
}

/** Newest first; those of one instant by id, so that no page skips one. */
export async function listNotifications(
  db: Db,
  cipher: Cipher,
  query: NotificationQuery,
): Promise<Notification[]> {
  const { serviceId, keyType, statuses, types, reference, includeJobs, olderThan, limit } = query;
  const rows = await db<Notification[]>`
    select ${columns(db)} from notifications n
      join templates_history t on t.id = n.template_id and t.version = n.template_version
    where n.service_id = ${serviceId} and n.key_type = ${keyType}
      ${statuses ? db`and n.status = any(${statuses as Status[]})` : db``}
      ${types ? db`and n.notification_type = any(${types as string[]})` : db``}
      ${reference === null ? db`` : db`and n.client_reference = ${reference}`}
      ${includeJobs ? db`` : db`and n.job_id is null`}
      ${
        olderThan === null
          ? db``
          : db`and (n.created_at, n.id) < (
              select o.created_at, o.id from notifications o where o.id = ${olderThan} and o.service_id = ${serviceId})`
      }
    order by n.created_at desc, n.id desc
    limit ${limit}`;
  return await Promise.all(rows.map((row) => decrypted(row, cipher)));
}

function columns(db: Db) {
  return db`
    n.id, n.service_id as "serviceId", n.notification_type as channel, n.status, n.key_type as "keyType",
    n.recipient as "to", n.client_reference as "clientReference", n.personalisation,
    n.unsubscribe_link as "unsubscribeLink", n.billable_units as "billableUnits",
    n.rate_multiplier::float8 as "rateMultiplier", n.created_at as "createdAt", n.sent_at as "sentAt",
    n.updated_at as "updatedAt",
    case when n.notification_type = 'letter'
      then (select l.postage from letters l where l.notification_id = n.id) end as postage,
    case when n.created_by_id is not null
      then (select u.name from users u where u.id = n.created_by_id) end as "createdByName",
    json_build_object('id', t.id, 'version', t.version, 'type', t.template_type, 'name', t.name, 'content', t.content,
      'subject', t.subject, 'archived', t.archived, 'hidden', t.hidden, 'hasUnsubscribeLink', t.has_unsubscribe_link
    ) as template`;
}

async function decrypted(row: Notification, cipher: Cipher): Promise<Notification> {
  if (row.personalisation === null) return row;
  return { ...row, personalisation: await cipher.decrypt(row.personalisation, personalisationOf(row.id)) };
}

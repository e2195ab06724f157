import type { Db } from "../database.ts";
import type { UnsubscribeLink } from "./token.ts";

/**
 * The name of the service that sent an email; null where no such email is known. Of an email that was deleted, whose it
 * was is known from its link alone.
 */
export async function findSenderName(
  db: Db,
  { notificationId, emailAddress }: UnsubscribeLink,
): Promise<string | null> {
  const [row] = await db<{ name: string }[]>`
    select name from services where id = coalesce(
      (select service_id from notifications where id = ${notificationId} and notification_type = 'email'),
      (select service_id from unsubscribe_requests where notification_id = ${notificationId}),
      (select service_id from unsubscribe_requests_history where notification_id = ${notificationId}),
      (select service_id from notification_history where id = ${notificationId} and notification_type = 'email'
        and ${emailAddress}::text is not null))`;
  return row?.name ?? null;
}

/**
 * Notes that an email's recipient wants no more of them, once however often it is asked. False where no such email is
 * known; one that was deleted since is, if this was asked before or its link says whose it was.
 */
export async function storeUnsubscribeRequest(
  db: Db,
  { notificationId, emailAddress }: UnsubscribeLink,
  at: Date,
): Promise<boolean> {
  const rows = await db`
    with email as (
      select id, service_id, template_id, template_version, recipient from notifications
      where id = ${notificationId} and notification_type = 'email'
      union all
      select id, service_id, template_id, template_version, ${emailAddress}::text from notification_history h
      where id = ${notificationId} and notification_type = 'email' and ${emailAddress}::text is not null
        and not exists (select from notifications n where n.id = h.id)
    ), stored as (
      insert into unsubscribe_requests (notification_id, service_id, template_id, template_version, email_address,
        created_at)
      select id, service_id, template_id, template_version, recipient, ${at}::timestamptz from email
      where not exists (select from unsubscribe_requests_history h where h.notification_id = email.id)
      on conflict (notification_id) do nothing
    )
    select id from email
    union all
    select id from unsubscribe_requests where notification_id = ${notificationId}
    union all
    select id from unsubscribe_requests_history where notification_id = ${notificationId}`;
  return rows.length > 0;
}

/** Somebody who wants no more of a service's emails. */
export interface UnsubscribeRequest {
  createdAt: Date;
  emailAddress: string;
  /** Of the email whose link was followed. */
  templateId: string;
  templateVersion: number;
  notificationId: string;
}

/** A service's, newest first; those of one instant by notification, so that no page skips one. */
export async function listNewestUnsubscribeRequests(
  db: Db,
  {
    serviceId,
    olderThan,
    limit,
  }: {
    serviceId: string;
    /** Only those before this notification's in the list's order; none where the service has no such one. */
    olderThan: string | null;
    limit: number;
  },
): Promise<UnsubscribeRequest[]> {
  return await db<UnsubscribeRequest[]>`
    select ${columns(db)} from unsubscribe_requests
    where service_id = ${serviceId}
      ${
        olderThan === null
          ? db``
          : db`and (created_at, notification_id) < (
              select created_at, notification_id from unsubscribe_requests
              where notification_id = ${olderThan} and service_id = ${serviceId})`
      }
    order by created_at desc, notification_id desc
    limit ${limit}`;
}

/** A service's, oldest first; those of one instant by notification, so that a page begins where the last one ended. */
export async function listUnsubscribeRequests(
  db: Db,
  {
    serviceId,
    since,
    after,
    limit,
  }: {
    serviceId: string;
    since: Date;
    /** Null for the first page. */
    after: Pick<UnsubscribeRequest, "notificationId"> | null;
    limit: number;
  },
): Promise<UnsubscribeRequest[]> {
  return await db<UnsubscribeRequest[]>`
    select ${columns(db)} from unsubscribe_requests
    where service_id = ${serviceId} and created_at >= ${since}
      ${
        after === null
          ? db``
          : // Read anew: a Date holds no microseconds.
            db`and (created_at, notification_id) > (
              select created_at, notification_id from unsubscribe_requests
              where notification_id = ${after.notificationId})`
      }
    order by created_at, notification_id
    limit ${limit}`;
}

function columns(db: Db) {
  return db`created_at as "createdAt", email_address as "emailAddress", template_id as "templateId",
    template_version as "templateVersion", notification_id as "notificationId"`;
}

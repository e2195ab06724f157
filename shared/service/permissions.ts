import type { Db } from "../database.ts";

/** What a service may be allowed; that it sends emergency alerts is set with how it does. */
export const servicePermissions = [
  "email",
  "sms",
  "letter",
  "international_sms",
  "inbound_sms",
  "email_auth",
  "edit_folder_permissions",
  "international_letters",
  "sms_to_uk_landlines",
] as const;

/** What a person may do in a service: all of them, who made it. */
export const userPermissions = [
  "manage_users",
  "manage_templates",
  "manage_settings",
  "send_texts",
  "send_emails",
  "send_letters",
  "manage_api_keys",
  "view_activity",
] as const;

/** Allows a service these and no others, emergency alerts left as they are. To be called in a transaction. */
export async function replacePermissions(
  db: Db,
  serviceId: string,
  permissions: readonly string[],
): Promise<void> {
  const wanted = [...permissions];
  await db`
    delete from service_permissions
    where service_id = ${serviceId} and permission <> 'broadcast' and permission <> all(${wanted}::text[])`;
  await db`
    insert into service_permissions (service_id, permission) select ${serviceId}, unnest(${wanted}::text[])
    on conflict do nothing`;
}

/** What a service is allowed, emergency alerts too. */
export async function listPermissions(db: Db, serviceId: string): Promise<string[]> {
  const rows = await db<{ permission: string }[]>`
    select permission from service_permissions where service_id = ${serviceId}`;
  return rows.map(({ permission }) => permission);
}

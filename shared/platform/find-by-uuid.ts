import type { Db } from "../database.ts";

/** What an id is of, and whose. */
export interface Found {
  type: string;
  /** Null for what is no service's. */
  serviceId: string | null;
}

/** Null where nothing we keep has it. */
export async function findByUuid(db: Db, id: string): Promise<Found | null> {
  const [found] = await db<Found[]>`
    select type, service_id as "serviceId" from (
      select 'service' as type, null::uuid as service_id from services where id = ${id}
      union all select 'notification', service_id from notifications where id = ${id}
      union all select 'notification', service_id from notification_history where id = ${id}
      union all select 'template', service_id from templates where id = ${id}
      union all select 'user', null from users where id = ${id}
      union all select 'job', service_id from jobs where id = ${id}
      union all select 'template_folder', service_id from template_folder where id = ${id}
      union all select 'api_key', service_id from api_keys where id = ${id}
      union all select 'reply_to_email', service_id from service_email_reply_to where id = ${id}
      union all select 'service_sms_sender', service_id from service_sms_senders where id = ${id}
      union all select 'letter_contact', service_id from service_letter_contacts where id = ${id}
      union all select 'service_callback_api', service_id from service_callback_api where id = ${id}
      union all select 'service_data_retention', service_id from service_data_retention where id = ${id}
      union all select 'inbound_number', service_id from inbound_numbers where id = ${id}
      union all select 'inbound_sms', service_id from inbound_sms where id = ${id}
      union all select 'inbound_sms', service_id from inbound_sms_history where id = ${id}
      union all select 'complaint', service_id from complaints where id = ${id}
      union all select 'broadcast_message', service_id from broadcast_messages where id = ${id}
      union all select 'provider', null from provider_details where id = ${id}
    ) found limit 1`;
  return found ?? null;
}

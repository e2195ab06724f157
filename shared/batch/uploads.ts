import type { Db } from "../database.ts";

/** A file that was uploaded and checked, from which a batch can be made (`spec/admin-api.md` 5.1). */
export interface Upload {
  /** The batch's, once there is one. */
  id: string;
  serviceId: string;
  originalFileName: string;
  templateId: string;
  /** The version it was checked against. */
  templateVersion: number;
  senderId: string | null;
  /** Rows after the header. */
  notificationCount: number;
  /** Whether a batch may be made from it; its file is kept only then. */
  valid: boolean;
}

/** Stores what is known of a file; `faults` are the kinds of what is wrong with it, and nothing that it says. */
export async function insertUpload(
  db: Db,
  upload: Upload,
  { faults, at }: { faults: readonly string[]; at: Date },
): Promise<void> {
  await db`
    insert into job_uploads (id, service_id, original_file_name, template_id, template_version, sender_id,
      notification_count, valid, faults, created_at)
    values (${upload.id}, ${upload.serviceId}, ${upload.originalFileName}, ${upload.templateId},
      ${upload.templateVersion}, ${upload.senderId}, ${upload.notificationCount}, ${upload.valid},
      ${JSON.stringify(faults)}::text::jsonb, ${at})`;
}

export interface UploadToSend extends Upload {
  templateType: "sms" | "email" | "letter";
  templateArchived: boolean;
}

/** For so long a batch can be made from an upload; what was checked longer ago would be checked otherwise now. */
export const uploadDays = 7;

/** With what its template is now; null where the service has no such upload, or it is too old. */
export async function findUpload(
  db: Db,
  { serviceId, id, now }: { serviceId: string; id: string; now: Date },
): Promise<UploadToSend | null> {
  const [row] = await db<UploadToSend[]>`
    select u.id, u.service_id as "serviceId", u.original_file_name as "originalFileName",
      u.template_id as "templateId", u.template_version as "templateVersion", u.sender_id as "senderId",
      u.notification_count as "notificationCount", u.valid, t.template_type as "templateType",
      t.archived as "templateArchived"
    from job_uploads u join templates t on t.id = u.template_id
    where u.id = ${id} and u.service_id = ${serviceId}
      and u.created_at > ${now}::timestamptz - ${uploadDays} * interval '24 hours'`;
  return row ?? null;
}

/** What a service has sent today in UTC. */
export interface SentToday {
  sms: number;
  email: number;
  letter: number;
  internationalSms: number;
}

export async function countSentToday(db: Db, serviceId: string, now: Date): Promise<SentToday> {
  const [row] = await db<SentToday[]>`
    select sms::float8 as sms, email::float8 as email, letter::float8 as letter,
      international_sms::float8 as "internationalSms"
    from service_counters
    where service_id = ${serviceId} and utc_date = (${now}::timestamptz at time zone 'UTC')::date`;
  return row ?? { sms: 0, email: 0, letter: 0, internationalSms: 0 };
}

/** Numbers and addresses of a service's team, as they are stored: in trial mode a file goes to nobody else, guests neither. */
export async function listTeamRecipients(db: Db, serviceId: string): Promise<string[]> {
  const rows = await db<{ recipient: string }[]>`
    select unnest(array_remove(array[u.email_address, u.mobile_number], null)) as recipient
    from users u join user_to_service m on m.user_id = u.id where m.service_id = ${serviceId}`;
  return rows.map(({ recipient }) => recipient);
}

/** Whether a file of this name was made a batch of this version of a template since an instant. */
export async function wasSentSince(
  db: Db,
  {
    serviceId,
    originalFileName,
    templateId,
    templateVersion,
  }: Omit<Upload, "id" | "senderId" | "notificationCount" | "valid">,
  since: Date,
): Promise<boolean> {
  const rows = await db`
    select from jobs
    where service_id = ${serviceId} and created_at >= ${since} and original_file_name = ${originalFileName}
      and template_id = ${templateId} and template_version = ${templateVersion} and job_status <> 'cancelled'
    limit 1`;
  return rows.length > 0;
}

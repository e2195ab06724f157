import type { Db } from "../database.ts";
import type { CallbackType } from "./callback-types.ts";

/** What operators' programs may change of a service, beside its permissions (`spec/admin-api.md` 4.1). */
export interface ServiceSettings {
  name: string;
  active: boolean;
  /** In trial mode. */
  restricted: boolean;
  emailMessageLimit: number;
  smsMessageLimit: number;
  letterMessageLimit: number;
  internationalSmsMessageLimit: number;
  /** Requests a minute, for each key type. */
  rateLimit: number;
  prefixSms: boolean;
  emailSenderName: string | null;
  confirmedEmailSenderName: boolean;
  contactLink: string | null;
  organisationId: string | null;
  organisationType: string | null;
  countAsLive: boolean;
  goLiveUserId: string | null;
  goLiveAt: Date | null;
  hasActiveGoLiveRequest: boolean;
  volumeSms: number | null;
  volumeEmail: number | null;
  volumeLetter: number | null;
  notes: string | null;
  purchaseOrderNumber: string | null;
  billingContactNames: string | null;
  billingContactEmailAddresses: string | null;
  billingReference: string | null;
  consentToResearch: boolean | null;
  confirmedUnique: boolean;
}

/** A service as operators' programs see it. */
export interface ServiceObject extends ServiceSettings {
  id: string;
  createdById: string | null;
  createdAt: Date;
  updatedAt: Date | null;
  version: number;
  emailSenderLocalPart: string;
  permissions: string[];
  callbacks: { id: string; type: CallbackType }[];
}

export const organisationTypes = [
  "central",
  "local",
  "nhs_central",
  "nhs_local",
  "nhs_gp",
  "nhs_notify",
  "emergency_service",
  "school_or_college",
  "other",
] as const;

/** Where each is kept. */
export const settingColumns: Record<keyof ServiceSettings, string> = {
  name: "name",
  active: "active",
  restricted: "restricted",
  emailMessageLimit: "email_message_limit",
  smsMessageLimit: "sms_message_limit",
  letterMessageLimit: "letter_message_limit",
  internationalSmsMessageLimit: "international_sms_message_limit",
  rateLimit: "rate_limit",
  prefixSms: "prefix_sms",
  emailSenderName: "email_sender_name",
  confirmedEmailSenderName: "confirmed_email_sender_name",
  contactLink: "contact_link",
  organisationId: "organisation_id",
  organisationType: "organisation_type",
  countAsLive: "count_as_live",
  goLiveUserId: "go_live_user_id",
  goLiveAt: "go_live_at",
  hasActiveGoLiveRequest: "has_active_go_live_request",
  volumeSms: "volume_sms",
  volumeEmail: "volume_email",
  volumeLetter: "volume_letter",
  notes: "notes",
  purchaseOrderNumber: "purchase_order_number",
  billingContactNames: "billing_contact_names",
  billingContactEmailAddresses: "billing_contact_email_addresses",
  billingReference: "billing_reference",
  consentToResearch: "consent_to_research",
  confirmedUnique: "confirmed_unique",
};

/** Null where there is no such service. */
export async function findServiceObject(db: Db, id: string): Promise<ServiceObject | null> {
  const [row] = await db<ServiceObject[]>`select ${columns(db)} from services s where s.id = ${id}`;
  return row ?? null;
}

/** By name; of one person's where `userId` is given. */
export async function listServiceObjects(
  db: Db,
  { onlyActive, userId }: { onlyActive: boolean; userId: string | null },
): Promise<ServiceObject[]> {
  return await db<ServiceObject[]>`
    select ${columns(db)} from services s
    where (${!onlyActive} or s.active)
      and (${userId}::uuid is null
        or s.id in (select m.service_id from user_to_service m where m.user_id = ${userId}::uuid))
    order by s.name, s.id`;
}

function columns(db: Db) {
  return db`s.id, s.name, s.active, s.restricted, s.created_by_id as "createdById", s.created_at as "createdAt",
    s.updated_at as "updatedAt", s.version, s.email_message_limit::float8 as "emailMessageLimit",
    s.sms_message_limit::float8 as "smsMessageLimit", s.letter_message_limit::float8 as "letterMessageLimit",
    s.international_sms_message_limit::float8 as "internationalSmsMessageLimit", s.rate_limit as "rateLimit",
    s.prefix_sms as "prefixSms", s.email_sender_name as "emailSenderName",
    s.email_sender_local_part as "emailSenderLocalPart",
    s.confirmed_email_sender_name as "confirmedEmailSenderName", s.contact_link as "contactLink",
    s.organisation_id as "organisationId", s.organisation_type as "organisationType",
    s.count_as_live as "countAsLive", s.go_live_user_id as "goLiveUserId", s.go_live_at as "goLiveAt",
    s.has_active_go_live_request as "hasActiveGoLiveRequest", s.volume_sms as "volumeSms",
    s.volume_email as "volumeEmail", s.volume_letter as "volumeLetter", s.notes,
    s.purchase_order_number as "purchaseOrderNumber", s.billing_contact_names as "billingContactNames",
    s.billing_contact_email_addresses as "billingContactEmailAddresses",
    s.billing_reference as "billingReference", s.consent_to_research as "consentToResearch",
    s.confirmed_unique as "confirmedUnique",
    array(select p.permission from service_permissions p where p.service_id = s.id order by 1) as permissions,
    (select coalesce(json_agg(json_build_object('id', c.id, 'type', c.callback_type) order by c.callback_type), '[]')
      from service_callback_api c where c.service_id = s.id) as callbacks`;
}

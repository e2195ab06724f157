import type { JsonObject } from "../../../shared/json/json.ts";
import type { ServiceObject } from "../../../shared/service/settings.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";

/** A service as Notify shows it (`spec/admin-api.md` 3). Branding is not kept here. */
export function viewService(service: ServiceObject): JsonObject {
  return {
    id: service.id,
    name: service.name,
    active: service.active,
    restricted: service.restricted,
    created_by: service.createdById,
    created_at: toTimestamp(service.createdAt),
    updated_at: service.updatedAt && toTimestamp(service.updatedAt),
    version: service.version,
    permissions: service.permissions,
    email_message_limit: service.emailMessageLimit,
    sms_message_limit: service.smsMessageLimit,
    letter_message_limit: service.letterMessageLimit,
    international_sms_message_limit: service.internationalSmsMessageLimit,
    rate_limit: service.rateLimit,
    prefix_sms: service.prefixSms,
    custom_email_sender_name: service.emailSenderName,
    email_sender_local_part: service.emailSenderLocalPart,
    confirmed_email_sender_name: service.confirmedEmailSenderName,
    contact_link: service.contactLink,
    email_branding: null,
    letter_branding: null,
    organisation: service.organisationId,
    organisation_type: service.organisationType,
    count_as_live: service.countAsLive,
    go_live_user: service.goLiveUserId,
    go_live_at: service.goLiveAt && toTimestamp(service.goLiveAt),
    has_active_go_live_request: service.hasActiveGoLiveRequest,
    volume_sms: service.volumeSms,
    volume_email: service.volumeEmail,
    volume_letter: service.volumeLetter,
    billing_contact_names: service.billingContactNames,
    billing_contact_email_addresses: service.billingContactEmailAddresses,
    billing_reference: service.billingReference,
    purchase_order_number: service.purchaseOrderNumber,
    notes: service.notes,
    consent_to_research: service.consentToResearch,
    confirmed_unique: service.confirmedUnique,
    service_callback_api: service.callbacks.map(({ id, type }) => ({ callback_id: id, callback_type: type })),
  };
}

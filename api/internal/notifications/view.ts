import type { Json, JsonObject } from "../../../shared/json/json.ts";
import { parseJson } from "../../../shared/json/parse.ts";
import type { NotificationObject } from "../../../shared/notification/search-object.ts";
import { londonTime } from "../../../shared/time/london.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";
import { statusInWords } from "./status-in-words.ts";

/** A notification as operators' programs see it (`spec/admin-api.md` 3). */
export function viewNotification(notification: NotificationObject): JsonObject {
  const { job, template } = notification;
  return {
    id: notification.id,
    to: notification.to,
    normalised_to: notification.normalisedTo,
    notification_type: notification.channel,
    status: notification.status,
    key_type: notification.keyType,
    key_name: notification.keyName,
    service: notification.serviceId,
    api_key: notification.apiKeyId,
    reference: notification.reference,
    client_reference: notification.clientReference,
    personalisation: personalisationOf(notification),
    billable_units: notification.billableUnits,
    international: notification.international,
    phone_prefix: notification.phonePrefix,
    rate_multiplier: notification.rateMultiplier,
    reply_to_text: notification.replyToText,
    postage: notification.postage,
    sent_by: notification.sentBy,
    job_row_number: notification.jobRowNumber,
    // Notify counts it and shows it nowhere; we do not count it.
    document_download_count: null,
    unsubscribe_link: notification.unsubscribeLink,
    created_at: toTimestamp(notification.createdAt),
    sent_at: notification.sentAt && toTimestamp(notification.sentAt),
    updated_at: notification.updatedAt && toTimestamp(notification.updatedAt),
    job: job && { id: job.id, original_file_name: job.fileName },
    created_by: viewPerson(notification.createdBy),
    template: {
      id: template.id,
      version: template.version,
      name: template.name,
      template_type: template.type,
      content: template.content,
      subject: template.subject,
      redact_personalisation: template.redacted,
      is_precompiled_letter: template.precompiled,
    },
  };
}

/** Empty where the template hides it: whoever shows the message then shows that something is hidden. */
function personalisationOf({ personalisation, template }: NotificationObject): Json {
  if (template.redacted || personalisation === null) return {};
  return parseJson(new TextEncoder().encode(personalisation));
}

function viewPerson(person: NotificationObject["createdBy"]): JsonObject | null {
  return person && { id: person.id, name: person.name, email_address: person.emailAddress };
}

/** As a row of a spreadsheet of them. Its id is ours: the page that follows is asked for by the last one's. */
export function viewRow(notification: NotificationObject): JsonObject {
  const { template, job, jobRowNumber } = notification;
  return {
    id: notification.id,
    row_number: jobRowNumber === null ? "" : jobRowNumber + 1,
    recipient: notification.to,
    client_reference: notification.clientReference ?? "",
    template_name: template.name,
    template_type: template.type,
    job_name: job?.fileName ?? "",
    status: statusInWords(notification.channel, notification.status),
    created_at: londonTime(notification.createdAt),
    created_by_name: notification.createdBy?.name ?? "",
    created_by_email_address: notification.createdBy?.emailAddress ?? "",
    api_key_name: notification.keyName,
  };
}

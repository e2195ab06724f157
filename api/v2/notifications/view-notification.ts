import { isJsonObject, type JsonObject } from "../../../shared/json/json.ts";
import { parseJson } from "../../../shared/json/parse.ts";
import type { Notification, Status } from "../../../shared/notification/notification.ts";
import { renderEmailForApi } from "../../../shared/template/email.ts";
import { type Personalisation, personalisationOf } from "../../../shared/template/placeholders.ts";
import { renderSmsBody } from "../../../shared/template/sms.ts";
import { compileTemplate } from "../../../shared/template/template.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";
import { costOf } from "./cost.ts";

interface View {
  /** Pounds for one fragment. */
  smsRate: number;
  /** Scheme and host for links, with a trailing slash. */
  root: string;
  createUnsubscribeUrl: (root: string, notificationId: string) => Promise<string>;
}

/** Those after which nothing more is expected. */
const completed: ReadonlySet<Status> = new Set([
  "sent",
  "delivered",
  "failed",
  "temporary-failure",
  "permanent-failure",
  "technical-failure",
  "returned-letter",
  "cancelled",
  "validation-failed",
]);

/** A notification as its service sees it (`spec/public-api.md` 8.1). Keys stand in the order they are sent in. */
export async function viewNotification(
  notification: Notification,
  { smsRate, root, createUnsubscribeUrl }: View,
): Promise<JsonObject> {
  const { channel, template, status, createdAt, sentAt, updatedAt, to } = notification;
  const { body, subject } = render(notification);
  return {
    body,
    completed_at: updatedAt && completed.has(status) ? toTimestamp(updatedAt) : null,
    ...costOf(notification, smsRate),
    created_at: toTimestamp(createdAt),
    created_by_name: null,
    email_address: channel === "email" ? to : null,
    id: notification.id,
    line_1: null,
    line_2: null,
    line_3: null,
    line_4: null,
    line_5: null,
    line_6: null,
    one_click_unsubscribe_url:
      notification.unsubscribeLink ??
      (template.hasUnsubscribeLink ? await createUnsubscribeUrl(root, notification.id) : null),
    phone_number: channel === "sms" ? to : null,
    postage: null,
    postcode: null,
    reference: notification.clientReference,
    scheduled_for: null,
    sent_at: sentAt && toTimestamp(sentAt),
    status,
    subject,
    template: {
      id: template.id,
      uri: `${root}v2/template/${template.id}/version/${template.version}`,
      version: template.version,
    },
    type: channel,
  };
}

function render({ channel, template, personalisation }: Notification): {
  body: string;
  subject: string | null;
} {
  const compiled = compileTemplate(template);
  const values = readPersonalisation(personalisation);
  if (channel === "sms") return { body: renderSmsBody(compiled, values), subject: null };
  return renderEmailForApi(compiled, values);
}

function readPersonalisation(text: string | null): Personalisation {
  const record = text === null ? {} : parseJson(text);
  return personalisationOf(isJsonObject(record) ? record : {});
}

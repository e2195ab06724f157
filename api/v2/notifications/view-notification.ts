import type { RateBook } from "../../../shared/billing/rate-book.ts";
import { isJsonObject, type JsonObject } from "../../../shared/json/json.ts";
import { parseJson } from "../../../shared/json/parse.ts";
import { estimatedDelivery } from "../../../shared/letter/timings.ts";
import type { Notification, Status } from "../../../shared/notification/notification.ts";
import { renderEmailForApi } from "../../../shared/template/email.ts";
import { renderLetterForApi } from "../../../shared/template/letter.ts";
import { type Personalisation, personalisationOf } from "../../../shared/template/placeholders.ts";
import { renderSmsBody } from "../../../shared/template/sms.ts";
import { compileTemplate } from "../../../shared/template/template.ts";
import type { LoadedDays } from "../../../shared/time/bank-holidays.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";
import type { LinkedEmail } from "../../../shared/unsubscribe/token.ts";
import { costOf } from "./cost.ts";

interface View {
  rates: RateBook;
  /** The bank holidays that were loaded. */
  holidays: LoadedDays;
  /** Scheme and host for links, with a trailing slash. */
  root: string;
  createUnsubscribeUrl: (root: string, email: LinkedEmail) => Promise<string>;
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

/** What services are shown of a letter's way. */
const letterStatuses: ReadonlyMap<Status, string> = new Map([
  ["created", "accepted"],
  ["sending", "accepted"],
  ["delivered", "received"],
  ["returned-letter", "received"],
]);

/** A notification as its service sees it (`spec/public-api.md` 8.1). Keys stand in the order they are sent in. */
export async function viewNotification(
  notification: Notification,
  { rates, holidays, root, createUnsubscribeUrl }: View,
): Promise<JsonObject> {
  const { channel, template, status, createdAt, sentAt, updatedAt, to, postage } = notification;
  const values = readPersonalisation(notification.personalisation);
  const { body, subject } = render(notification, personalisationOf(values));
  const written = channel === "letter" ? values : {};
  return {
    body,
    completed_at: updatedAt && completed.has(status) ? toTimestamp(updatedAt) : null,
    ...costOf(notification, rates),
    created_at: toTimestamp(createdAt),
    created_by_name: notification.createdByName,
    email_address: channel === "email" ? to : null,
    // Of letters only, and left out elsewhere.
    ...(postage && {
      estimated_delivery: toTimestamp(estimatedDelivery(createdAt, postage, holidays)),
    }),
    id: notification.id,
    line_1: written.address_line_1 ?? null,
    line_2: written.address_line_2 ?? null,
    line_3: written.address_line_3 ?? null,
    line_4: written.address_line_4 ?? null,
    line_5: written.address_line_5 ?? null,
    line_6: written.address_line_6 ?? null,
    one_click_unsubscribe_url:
      notification.unsubscribeLink ??
      (template.hasUnsubscribeLink ? await createUnsubscribeUrl(root, notification) : null),
    phone_number: channel === "sms" ? to : null,
    postage,
    postcode: written.postcode ?? null,
    reference: notification.clientReference,
    scheduled_for: null,
    sent_at: sentAt && toTimestamp(sentAt),
    status: channel === "letter" ? (letterStatuses.get(status) ?? status) : status,
    subject,
    template: {
      id: template.id,
      uri: `${root}v2/template/${template.id}/version/${template.version}`,
      version: template.version,
    },
    type: channel,
  };
}

function render(
  { channel, template }: Notification,
  values: Personalisation,
): { body: string; subject: string | null } {
  const compiled = compileTemplate(template);
  switch (channel) {
    case "sms":
      return { body: renderSmsBody(compiled, values), subject: null };
    case "email":
      return renderEmailForApi(compiled, values);
    case "letter":
      return renderLetterForApi(compiled, values);
  }
}

function readPersonalisation(text: string | null): JsonObject {
  const record = text === null ? {} : parseJson(text);
  return isJsonObject(record) ? record : {};
}

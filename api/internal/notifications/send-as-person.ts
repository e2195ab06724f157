import { countSentToday, listTeamRecipients } from "../../../shared/batch/uploads.ts";
import type { JsonObject } from "../../../shared/json/json.ts";
import { newLetterReference } from "../../../shared/letter/reference.ts";
import type { SendableTemplate } from "../../../shared/notification/notification.ts";
import { findSendingPerson, sendOneOff } from "../../../shared/notification/one-off.ts";
import { comparableRecipient } from "../../../shared/recipient/allowed-recipients.ts";
import { addressIn } from "../../../shared/recipient/postal-address.ts";
import { formatSender } from "../../../shared/recipient/sms-sender.ts";
import type { Service } from "../../../shared/service/service.ts";
import { personalisationOf } from "../../../shared/template/placeholders.ts";
import type { ApiDeps } from "../../deps.ts";
import { personalisationText } from "../../v2/notifications/send.ts";
import { noResult, Refusal } from "../refusal.ts";
import { refuseContent } from "./one-off-content.ts";
import {
  addressToSend,
  type Destination,
  emailToSend,
  numberToSend,
  refuseOutsider,
} from "./one-off-recipient.ts";
import { overLimit, plurals, refuseStranger, refuseUnpermitted } from "./one-off-refusals.ts";

export type SendDeps = Pick<ApiDeps, "ask" | "findTemplate" | "log" | "now">;

/** One message that a person sends by themselves. */
export interface PersonsMessage {
  /** What the notification is to be called. */
  id: string;
  templateId: string;
  /** Of a letter its address stands in `given`. */
  to: string;
  given: JsonObject;
  /** Null: the service's own of its channel. */
  senderId: string | null;
  createdById: string;
  /** Operators may send for services that they are no members of. */
  byOperator: boolean;
}

/**
 * Sends it, or throws a `Refusal` that says why not. The order of the checks is Notify's. No rate limit applies, and no
 * key is used: it counts as a normal key's.
 */
export async function sendAsPerson(
  { ask, findTemplate, log, now }: SendDeps,
  service: Service,
  message: PersonsMessage,
): Promise<void> {
  const { createdById, given } = message;
  const template = await findTemplate(service.id, message.templateId);
  // Templates of emergency alerts are sent otherwise.
  if (!template || template.hidden || !Object.hasOwn(plurals, template.type)) throw noResult();
  const channel = template.type;
  const at = now();
  const [sent, team, person] = await ask((sql) =>
    Promise.all([
      countSentToday(sql, service.id, at),
      listTeamRecipients(sql, service.id),
      findSendingPerson(sql, service.id, createdById),
    ]),
  );

  if (sent[channel] >= service.dailyLimits[channel]) throw overLimit(channel, service);
  const allowed = new Set(team.map(comparableRecipient));
  const destination = judge(message, { service, template, allowed });
  if (!message.byOperator) refuseStranger(person, service);
  const notification = {
    id: message.id,
    serviceId: service.id,
    templateId: template.id,
    templateVersion: template.version,
    apiKeyId: null,
    keyType: "normal" as const,
    channel,
    to: destination.to,
    normalisedTo: destination.normalisedTo,
    clientReference: null,
    personalisation: personalisationText(given),
    replyToText: senderOf(message, service, template),
    unsubscribeLink: null,
    international: destination.international,
    phonePrefix: destination.phonePrefix,
    rateMultiplier: destination.rateMultiplier,
    createdAt: at,
    letter: destination.postage && {
      reference: newLetterReference(),
      postage: destination.postage,
      original: null,
    },
  };
  const reached = await ask((sql, cipher) =>
    sendOneOff(sql, cipher, {
      notification,
      createdById,
      dailyLimit: service.dailyLimits[channel],
      internationalLimit: service.dailyLimits.internationalSms,
      countsAsInternational: destination.countsAsInternational,
    }),
  );
  if (reached === "daily") throw overLimit(channel, service);
  if (reached === "international") throw overLimit("internationalSms", service);
  log.info({ notificationId: notification.id, serviceId: service.id, channel }, "Notification created");
}

interface Place {
  service: Service;
  template: SendableTemplate;
  /** Whom a service in trial mode may send to. */
  allowed: ReadonlySet<string>;
}

/** Where it goes; throws why it cannot be sent. */
function judge({ to, given }: PersonsMessage, { service, template, allowed }: Place): Destination {
  const values = personalisationOf(given);
  if (template.type === "letter") {
    // It is none of anybody's numbers or addresses: in trial mode no letter is sent.
    refuseOutsider(service, allowed, to);
    refuseUnpermitted(service, "letter");
    refuseContent(template, values, service);
    return addressToSend(addressIn(given), service, template);
  }
  const read = template.type === "sms" ? numberToSend : emailToSend;
  const destination = read(to, service, allowed);
  refuseUnpermitted(service, template.type);
  refuseContent(template, values, service);
  return destination;
}

/** Whom it comes from, frozen now; null where nobody is named. */
function senderOf({ senderId }: PersonsMessage, service: Service, template: SendableTemplate): string | null {
  if (template.type === "letter") return template.contactBlock;
  const isEmail = template.type === "email";
  const senders = isEmail ? service.emailReplyTos : service.smsSenders;
  const sender = senders.find(({ id, isDefault }) => (senderId === null ? isDefault : id === senderId));
  if (sender) return isEmail ? sender.value : formatSender(sender.value);
  if (senderId === null) return null;
  throw new Refusal(400, isEmail ? "Reply to email address not found" : "SMS sender not found");
}

import type { Context } from "hono";
import * as v from "valibot";
import { countSentToday, listTeamRecipients } from "../../../shared/batch/uploads.ts";
import { isJsonObject, type JsonObject } from "../../../shared/json/json.ts";
import { newLetterReference } from "../../../shared/letter/reference.ts";
import type { Channel, SendableTemplate } from "../../../shared/notification/notification.ts";
import { findSendingPerson, type SendingPerson, sendOneOff } from "../../../shared/notification/one-off.ts";
import { comparableRecipient } from "../../../shared/recipient/allowed-recipients.ts";
import { addressIn } from "../../../shared/recipient/postal-address.ts";
import { formatSender } from "../../../shared/recipient/sms-sender.ts";
import type { Service } from "../../../shared/service/service.ts";
import { personalisationOf } from "../../../shared/template/placeholders.ts";
import { answerJson } from "../../answer.ts";
import type { ApiDeps } from "../../deps.ts";
import { readBody } from "../../middleware/read-body.ts";
import { personalisationText } from "../../v2/notifications/send.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { readObject, text, Uuid } from "../read-object.ts";
import { noResult, Refusal } from "../refusal.ts";
import { refuseContent } from "./one-off-content.ts";
import {
  addressToSend,
  type Destination,
  emailToSend,
  numberToSend,
  refuseOutsider,
} from "./one-off-recipient.ts";

export type OneOffDeps = Pick<ApiDeps, "ask" | "findService" | "findTemplate" | "log" | "newId" | "now">;

const Request = v.object({
  template_id: Uuid,
  to: text(1000),
  created_by: Uuid,
  personalisation: v.nullish(v.custom<JsonObject>(isJsonObject, "Not a valid mapping type.")),
  sender_id: v.nullish(Uuid),
});

type OneOffRequest = v.InferOutput<typeof Request>;

/**
 * POST /service/{id}/send-notification: one message that a person sends by themselves (`spec/admin-api.md` 5.7). The
 * order of the checks is Notify's. No rate limit applies, and no key is used: it counts as a normal key's.
 */
export function sendNotification({ ask, findService, findTemplate, log, newId, now }: OneOffDeps) {
  return async (c: Context): Promise<Response> => {
    const service = await findService(serviceIdOf(c));
    if (!service) throw noResult();
    const asked = readObject(Request, await readBody(c.req.raw));
    const template = await findTemplate(service.id, asked.template_id);
    // Templates of emergency alerts are sent otherwise.
    if (!template || template.hidden || !Object.hasOwn(plurals, template.type)) throw noResult();
    const channel = template.type;
    const at = now();
    const [sent, team, person] = await ask((sql) =>
      Promise.all([
        countSentToday(sql, service.id, at),
        listTeamRecipients(sql, service.id),
        findSendingPerson(sql, service.id, asked.created_by),
      ]),
    );

    if (sent[channel] >= service.dailyLimits[channel]) throw overLimit(channel, service);
    const allowed = new Set(team.map(comparableRecipient));
    const given = asked.personalisation ?? {};
    const destination = judge(asked, { service, template, allowed, given });
    refuseStranger(person, service);
    const notification = {
      id: newId(),
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
      replyToText: senderOf(asked, service, template),
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
        createdById: asked.created_by,
        dailyLimit: service.dailyLimits[channel],
        internationalLimit: service.dailyLimits.internationalSms,
        countsAsInternational: destination.countsAsInternational,
      }),
    );
    if (reached === "daily") throw overLimit(channel, service);
    if (reached === "international") throw overLimit("internationalSms", service);
    log.info({ notificationId: notification.id, serviceId: service.id, channel }, "Notification created");
    return answerJson(201, { id: notification.id });
  };
}

interface Place {
  service: Service;
  template: SendableTemplate;
  /** Whom a service in trial mode may send to. */
  allowed: ReadonlySet<string>;
  given: JsonObject;
}

/** Where it goes; throws why it cannot be sent. */
function judge({ to }: OneOffRequest, { service, template, allowed, given }: Place): Destination {
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

const plurals = { sms: "text messages", email: "emails", letter: "letters" };

/** Notify leaves that to its web application, as it does with spreadsheets. */
function refuseUnpermitted({ permissions }: Service, channel: Channel): void {
  if (permissions.has(channel)) return;
  throw new Refusal(400, `Service is not allowed to send ${plurals[channel]}`);
}

function refuseStranger(person: SendingPerson | null, { name }: Service): void {
  if (person === null) throw noResult();
  if (person.isMember) return;
  throw new Refusal(400, `Can’t create notification - ${person.name} is not part of the "${name}" service`);
}

/** Whom it comes from, frozen now; null where nobody is named. */
function senderOf(asked: OneOffRequest, service: Service, template: SendableTemplate): string | null {
  if (template.type === "letter") return template.contactBlock;
  const isEmail = template.type === "email";
  const senders = isEmail ? service.emailReplyTos : service.smsSenders;
  const wanted = asked.sender_id ?? null;
  const sender = senders.find(({ id, isDefault }) => (wanted === null ? isDefault : id === wanted));
  if (sender) return isEmail ? sender.value : formatSender(sender.value);
  if (wanted === null) return null;
  throw new Refusal(400, isEmail ? "Reply to email address not found" : "SMS sender not found");
}

function overLimit(kind: Channel | "internationalSms", { dailyLimits }: Service): Refusal {
  const name = kind === "internationalSms" ? "international_sms" : kind;
  return new Refusal(429, `Exceeded send limits (${name}: ${dailyLimits[kind]}) for today`);
}

import { badRequest, RequestError } from "../../../shared/errors.ts";
import { phonePermissionErrors } from "../../../shared/recipient/phone-messages.ts";
import type { PhoneNumber } from "../../../shared/recipient/phone-number.ts";
import { phonePermissionFault } from "../../../shared/recipient/phone-permissions.ts";
import { isSimulatedRecipient } from "../../../shared/recipient/simulated.ts";
import { formatSender } from "../../../shared/recipient/sms-sender.ts";
import type { Service } from "../../../shared/service/service.ts";
import { checkSmsLength, checkSmsNotEmpty } from "../../../shared/template/checks.ts";
import { personalisationOf } from "../../../shared/template/placeholders.ts";
import { renderSms, renderSmsBody } from "../../../shared/template/sms.ts";
import type { ApiDeps } from "../../deps.ts";
import { readFields } from "../schema/faults.ts";
import { compileOnce } from "./compiled-templates.ts";
import {
  chooseSender,
  getSendableTemplate,
  refuseFiles,
  refuseFor,
  requireAllowedRecipient,
  requirePermission,
  requirePersonalisation,
} from "./requirements.ts";
import {
  describeSent,
  type Prepared,
  personalisationText,
  type RefusedLate,
  type SendRequest,
  send,
} from "./send.ts";
import { smsRequest } from "./sms-request.ts";

/** POST /v2/notifications/sms: stores a text message and queues its delivery. */
export function postSms(deps: ApiDeps) {
  const { now, newId } = deps;
  const compile = compileOnce();
  const Sms = smsRequest(now);

  /** The order of the checks is Notify's (`spec/public-api.md` 4). */
  async function prepare(request: SendRequest): Promise<Prepared | RefusedLate> {
    const { body, service, apiKey } = request;
    const asked = readFields(Sms, body);
    const phone = asked.phone_number;
    requirePermission(service, "sms");

    const template = await getSendableTemplate(deps, service.id, asked.template_id, "sms");
    const compiled = compile(template);
    const given = asked.personalisation ?? {};
    const personalisation = personalisationOf(given);
    requirePersonalisation(compiled, personalisation);

    const { text, lengthWithoutPrefix } = renderSms(compiled, personalisation, {
      prefix: service.prefixSms ? service.name : null,
    });
    refuseFor(checkSmsNotEmpty(lengthWithoutPrefix));
    refuseFiles(given);
    const sender = chooseSender(service.smsSenders, asked.sms_sender_id, "sms_sender_id", service.id);
    requireAllowedRecipient(service, apiKey, phone.normalised);
    requirePhonePermission(phone, service);
    const countsAsInternational = phone.countryCode !== 44;
    const tooLong = checkSmsLength(lengthWithoutPrefix);
    if (tooLong !== null) return { refusal: badRequest(tooLong), countsAsInternational };

    const id = newId();
    const fromNumber = sender === null ? null : formatSender(sender);
    return {
      notification: isSimulatedRecipient(phone.normalised)
        ? null
        : {
            id,
            serviceId: service.id,
            templateId: template.id,
            templateVersion: template.version,
            apiKeyId: apiKey.id,
            keyType: apiKey.type,
            channel: "sms",
            to: phone.to,
            normalisedTo: phone.normalised,
            clientReference: asked.reference ?? null,
            personalisation: personalisationText(given),
            replyToText: fromNumber,
            unsubscribeLink: null,
            international: phone.international,
            phonePrefix: phone.phonePrefix,
            rateMultiplier: phone.rateMultiplier,
            createdAt: now(),
            letter: null,
          },
      countsAsInternational,
      response: describeSent(request, {
        id,
        reference: asked.reference,
        template,
        content: {
          body: service.prefixSms ? renderSmsBody(compiled, personalisation) : text,
          from_number: fromNumber,
        },
      }),
    };
  }

  return send(deps, "sms", prepare);
}

function requirePhonePermission(phone: PhoneNumber, { permissions }: Service): void {
  const fault = phonePermissionFault(phone, permissions);
  if (fault !== null) throw new RequestError(400, [phonePermissionErrors[fault]]);
}

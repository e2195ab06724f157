import * as v from "valibot";
import { badRequest } from "../../../shared/errors.ts";
import type { Json, JsonObject } from "../../../shared/json/json.ts";
import { isSimulatedRecipient } from "../../../shared/recipient/simulated.ts";
import { checkBodyNotEmpty, checkEmailLength } from "../../../shared/template/checks.ts";
import { renderEmailForApi } from "../../../shared/template/email.ts";
import { personalisationOf } from "../../../shared/template/placeholders.ts";
import { sanitisePersonalisation } from "../../../shared/template/sanitise.ts";
import type { ApiDeps } from "../../deps.ts";
import { readFields } from "../schema/faults.ts";
import { Personalisation, Reference, Uuid } from "../schema/fields.ts";
import { checkFileObject, isFileObject } from "../schema/file-object.ts";
import { HttpsUrl } from "../schema/https-url.ts";
import { EmailField } from "../schema/recipients.ts";
import { scheduledFor } from "../schema/scheduled-for.ts";
import { notOfType } from "../schema/words.ts";
import { compileOnce } from "./compiled-templates.ts";
import {
  chooseSender,
  getSendableTemplate,
  refuseFor,
  requireAllowedRecipient,
  requirePermission,
  requirePersonalisation,
} from "./requirements.ts";
import { describeSent, type Prepared, personalisationText, type SendRequest, send } from "./send.ts";

/** POST /v2/notifications/email: stores an email and queues its delivery. */
export function postEmail(deps: ApiDeps) {
  const { now, newId, emailDomain, adminUrl } = deps;
  const compile = compileOnce();
  const Email = v.object({
    reference: v.optional(Reference),
    email_address: EmailField,
    template_id: Uuid,
    personalisation: v.optional(Personalisation),
    scheduled_for: v.optional(scheduledFor(now)),
    email_reply_to_id: v.optional(Uuid),
    one_click_unsubscribe_url: v.optional(HttpsUrl),
    sanitise_content_for: v.optional(v.nullable(v.custom<Json[]>(Array.isArray, notOfType("array", "null")))),
  });

  /** The order of the checks is Notify's (`spec/public-api.md` 4). */
  async function prepare(request: SendRequest): Promise<Prepared> {
    const { body, service, apiKey } = request;
    const asked = readFields(Email, body);
    const address = asked.email_address;
    requirePermission(service, "email");
    const { personalisation: given, changes } = sanitise(asked.personalisation, asked.sanitise_content_for);

    const template = await getSendableTemplate(deps, service.id, asked.template_id, "email");
    const compiled = compile(template);
    const personalisation = personalisationOf(given);
    requirePersonalisation(compiled, personalisation);

    const rendered = renderEmailForApi(compiled, personalisation);
    refuseFor(checkBodyNotEmpty(template.content, rendered.body));
    const replyTo = chooseSender(
      service.emailReplyTos,
      asked.email_reply_to_id,
      "email_reply_to_id",
      service.id,
    );
    requireAllowedRecipient(service, apiKey, address.normalised);
    refuseFiles(given, `${adminUrl}/services/${service.id}/service-settings/send-files-by-email`);
    refuseFor(checkEmailLength(rendered.body));

    const id = newId();
    const unsubscribeUrl = asked.one_click_unsubscribe_url ?? null;
    return {
      notification: isSimulatedRecipient(address.normalised)
        ? null
        : {
            id,
            serviceId: service.id,
            templateId: template.id,
            templateVersion: template.version,
            apiKeyId: apiKey.id,
            keyType: apiKey.type,
            channel: "email",
            to: address.to,
            normalisedTo: address.normalised,
            clientReference: asked.reference ?? null,
            personalisation: personalisationText(given),
            replyToText: replyTo,
            unsubscribeLink: unsubscribeUrl,
            international: false,
            phonePrefix: null,
            rateMultiplier: null,
            createdAt: now(),
          },
      countsAsInternational: false,
      response: {
        ...describeSent(request, {
          id,
          reference: asked.reference,
          template,
          content: {
            body: rendered.body,
            from_email: `${service.emailSenderLocalPart}@${emailDomain}`,
            one_click_unsubscribe_url: unsubscribeUrl,
            subject: rendered.subject,
          },
        }),
        sanitised_content: changes,
      },
    };
  }

  return send(deps, "email", prepare);
}

function sanitise(personalisation: JsonObject = {}, keys: readonly Json[] | null = null) {
  const names = keys?.filter((key) => typeof key === "string") ?? [];
  if (names.length === 0) return { personalisation, changes: {} };
  return sanitisePersonalisation(personalisation, names);
}

/** Their schema is checked, but no service has given the contact details that sending files asks for. */
function refuseFiles(personalisation: JsonObject, settingsUrl: string): void {
  const files = Object.values(personalisation).filter(isFileObject);
  for (const file of files) checkFileObject(file);
  if (files.length > 0) {
    throw badRequest(
      `Send files by email has not been set up - add contact details for your service at ${settingsUrl}`,
    );
  }
}

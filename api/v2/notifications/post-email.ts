import type { Json, JsonObject } from "../../../shared/json/json.ts";
import type { KeptDocument } from "../../../shared/notification/admission.ts";
import { isSimulatedRecipient } from "../../../shared/recipient/simulated.ts";
import { checkBodyNotEmpty, checkEmailLength } from "../../../shared/template/checks.ts";
import { renderEmailForApi } from "../../../shared/template/email.ts";
import { personalisationOf } from "../../../shared/template/placeholders.ts";
import { sanitisePersonalisation } from "../../../shared/template/sanitise.ts";
import type { ApiDeps } from "../../deps.ts";
import { readFields } from "../schema/faults.ts";
import { compileOnce } from "./compiled-templates.ts";
import { checkFiles, type JudgedFile, linkFiles } from "./email-files.ts";
import { emailRequest } from "./email-request.ts";
import {
  chooseSender,
  getSendableTemplate,
  refuseFor,
  requireAllowedRecipient,
  requirePermission,
  requirePersonalisation,
} from "./requirements.ts";
import { describeSent, type Prepared, personalisationText, type SendRequest, send } from "./send.ts";

const weekMs = 7 * 24 * 60 * 60 * 1000;

/** POST /v2/notifications/email: stores an email and queues its delivery. */
export function postEmail(deps: ApiDeps) {
  const { now, newId, emailDomain, adminUrl, documents, documentHost } = deps;
  const compile = compileOnce();
  const Email = emailRequest(now);

  /** The order of the checks is Notify's (`spec/public-api.md` 4). */
  async function prepare(request: SendRequest): Promise<Prepared> {
    const { body, service, apiKey } = request;
    const asked = readFields(Email, body);
    const address = asked.email_address;
    requirePermission(service, "email");
    const { personalisation, changes } = sanitise(asked.personalisation, asked.sanitise_content_for);
    const isSimulated = isSimulatedRecipient(address.normalised);
    const host = documentHost ?? request.root;
    const linked = linkFiles(personalisation, { serviceId: service.id, host, isSimulated, newId });

    const template = await getSendableTemplate(deps, service.id, asked.template_id, "email");
    const compiled = compile(template);
    const values = personalisationOf(linked.values);
    requirePersonalisation(compiled, values);

    const rendered = renderEmailForApi(compiled, values);
    refuseFor(checkBodyNotEmpty(template.content, rendered.body));
    const replyTo = chooseSender(
      service.emailReplyTos,
      asked.email_reply_to_id,
      "email_reply_to_id",
      service.id,
    );
    requireAllowedRecipient(service, apiKey, address.normalised);
    const files = checkFiles(linked.files, { service, adminUrl, isSimulated });
    refuseFor(checkEmailLength(rendered.body));
    // Last, for whoever is refused should leave nothing behind.
    const kept = files.length === 0 ? [] : await keep(files, address.normalised);

    const id = newId();
    const unsubscribeUrl = asked.one_click_unsubscribe_url ?? null;
    return {
      documents: kept,
      notification: isSimulated
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
            personalisation: personalisationText(linked.values),
            replyToText: replyTo,
            unsubscribeLink: unsubscribeUrl,
            international: false,
            phonePrefix: null,
            rateMultiplier: null,
            createdAt: now(),
            letter: null,
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

  /** Stores files, and says until when the email will want them. */
  async function keep(files: readonly JudgedFile[], recipient: string): Promise<KeptDocument[]> {
    await documents.add(
      files.map(({ link, file, mustConfirm }) => ({
        ...link,
        file,
        recipient: mustConfirm ? recipient : null,
      })),
    );
    const at = now().getTime();
    return files.map(({ link, weeks }) => ({ id: link.id, expiresAt: new Date(at + weeks * weekMs) }));
  }

  return send(deps, "email", prepare);
}

function sanitise(personalisation: JsonObject = {}, keys: readonly Json[] | null = null) {
  const names = keys?.filter((key) => typeof key === "string") ?? [];
  if (names.length === 0) return { personalisation, changes: {} };
  return sanitisePersonalisation(personalisation, names);
}

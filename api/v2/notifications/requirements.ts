import { badRequest, RequestError } from "../../../shared/errors.ts";
import type { JsonObject } from "../../../shared/json/json.ts";
import type { Channel, SendableTemplate } from "../../../shared/notification/notification.ts";
import { recipientRefusal } from "../../../shared/recipient/allowed-recipients.ts";
import type { ApiKey, Sender, Service } from "../../../shared/service/service.ts";
import { missingPlaceholders, type Personalisation } from "../../../shared/template/placeholders.ts";
import type { CompiledTemplate } from "../../../shared/template/template.ts";
import type { ApiDeps } from "../../deps.ts";
import { isFileObject } from "../schema/file-object.ts";
import { letterFaults } from "./letter-words.ts";

/* What channels ask of a send request. Each throws the refusal that Notify's clients know. */

const plurals: Readonly<Record<Channel, string>> = {
  sms: "text messages",
  email: "emails",
  letter: "letters",
};

export function requirePermission({ permissions }: Service, channel: Channel): void {
  if (!permissions.has(channel)) throw badRequest(`Service is not allowed to send ${plurals[channel]}`);
}

/** The template to send with, or why it cannot be. */
export async function getSendableTemplate(
  { findTemplate }: ApiDeps,
  serviceId: string,
  templateId: string,
  channel: Channel,
): Promise<SendableTemplate> {
  const template = await findTemplate(serviceId, templateId);
  if (!template || template.hidden) throw badRequest("Template not found");
  if (template.type !== channel) {
    throw badRequest(`${template.type} template is not suitable for ${channel} notification`);
  }
  if (template.archived) throw badRequest("Template has been deleted");
  return template;
}

export function requirePersonalisation(template: CompiledTemplate, personalisation: Personalisation): void {
  refuseMissing(missingPlaceholders(template, personalisation));
}

/** Takes the names of placeholders without a value. */
export function refuseMissing(missing: readonly string[]): void {
  if (missing.length > 0) throw badRequest(`Missing personalisation: ${missing.join(", ")}`);
}

/** Of a channel other than email. */
export function refuseFiles(personalisation: JsonObject): void {
  if (Object.values(personalisation).some(isFileObject)) throw badRequest("Can only send a file by email");
}

/** Takes what the pure checks answer: why not, or null. */
export function refuseFor(message: string | null): void {
  if (message !== null) throw badRequest(message);
}

/** The sender or reply-to address asked for, else the default; null where there is none. */
export function chooseSender(
  senders: readonly Sender[],
  asked: string | undefined,
  field: "sms_sender_id" | "email_reply_to_id",
  serviceId: string,
): string | null {
  if (asked === undefined) return senders.find(({ isDefault }) => isDefault)?.value ?? null;
  const sender = senders.find(({ id }) => id === asked);
  if (sender) return sender.value;
  throw badRequest(`${field} ${asked} does not exist in database for service id ${serviceId}`);
}

/** Takes the recipient in normalised form. */
export function requireAllowedRecipient(service: Service, apiKey: ApiKey, recipient: string): void {
  const { restricted, allowedRecipients } = service;
  refuseFor(recipientRefusal({ keyType: apiKey.type, restricted, allowedRecipients }, recipient));
}

/** Whoever may send a letter at all: those of test keys are never printed. */
export function requireLettersAllowed({ restricted }: Service, { type }: ApiKey): void {
  if (type === "team") throw forbidden(letterFaults.teamKey);
  if (restricted && type !== "test") throw forbidden(letterFaults.trialMode);
}

function forbidden(message: string): RequestError {
  return new RequestError(403, [{ error: "BadRequestError", message }]);
}

import type { JsonObject } from "../../../shared/json/json.ts";
import type { TemplateObject, TemplateSummary } from "../../../shared/template/admin.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";

/** A template's latest version, as operators' programs see it (`spec/admin-api.md` 3). */
export function viewTemplate(template: TemplateObject): JsonObject {
  return { ...viewText(template), created_by: template.createdBy?.id ?? null };
}

/** One of its versions: with the name of who wrote it. */
export function viewVersion(template: TemplateObject): JsonObject {
  const { createdBy } = template;
  return {
    ...viewText(template),
    created_by: createdBy && {
      id: createdBy.id,
      name: createdBy.name,
      email_address: createdBy.emailAddress,
    },
  };
}

export function viewSummary({ id, name, type, folderId, precompiled }: TemplateSummary): JsonObject {
  return { id, name, template_type: type, folder: folderId, is_precompiled_letter: precompiled };
}

function viewText(template: TemplateObject): JsonObject {
  return {
    id: template.id,
    service: template.serviceId,
    name: template.name,
    template_type: template.type,
    content: template.content,
    subject: template.subject,
    version: template.version,
    archived: template.archived,
    hidden: template.hidden,
    folder: template.folderId,
    postage: template.postage,
    reply_to: template.contactId,
    reply_to_text: template.contactBlock,
    has_unsubscribe_link: template.hasUnsubscribeLink,
    redact_personalisation: template.redacted,
    is_precompiled_letter: template.precompiled,
    letter_languages: template.letterLanguages,
    letter_welsh_subject: template.letterWelshSubject,
    letter_welsh_content: template.letterWelshContent,
    // Notify has them; we keep neither.
    letter_attachment: null,
    email_files: [],
    created_at: toTimestamp(template.createdAt),
    updated_at: template.updatedAt && toTimestamp(template.updatedAt),
  };
}

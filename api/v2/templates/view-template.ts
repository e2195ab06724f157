import type { JsonObject } from "../../../shared/json/json.ts";
import { compileContent, type Placeholder } from "../../../shared/template/placeholders.ts";
import type { TemplateDetails } from "../../../shared/template/queries.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";

/** A template as its service sees it (`spec/public-api.md` 9.1). Keys stand in the order they are sent in. */
export function viewTemplate(
  template: TemplateDetails,
  { emailDomain }: { emailDomain: string },
): JsonObject {
  const { id, type, name, content, subject, version, createdAt, updatedAt, createdBy } = template;
  return {
    body: content,
    created_at: toTimestamp(createdAt),
    // Clients count on an address; what no user made, we did.
    created_by: createdBy ?? `noreply@${emailDomain}`,
    id,
    letter_contact_block: template.contactBlock,
    name,
    personalisation: Object.fromEntries(
      placeholdersOf(template).map((placeholder) => [placeholder.name, { required: true }]),
    ),
    postage: template.postage,
    subject,
    type,
    updated_at: updatedAt && toTimestamp(updatedAt),
    version,
  };
}

/** All that a template names, Welsh half and contact block too, each as first spelled. */
export function placeholdersOf({
  type,
  contactBlock,
  welsh,
  subject,
  content,
}: TemplateDetails): Placeholder[] {
  const texts = [contactBlock, welsh?.subject, welsh?.content, type === "sms" ? null : subject, content];
  const byKey = new Map<string, Placeholder>();
  for (const placeholder of texts.flatMap((text) => compileContent(text ?? "").placeholders)) {
    if (!byKey.has(placeholder.key)) byKey.set(placeholder.key, placeholder);
  }
  return [...byKey.values()];
}

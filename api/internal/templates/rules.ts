import { contentFault, normaliseContent } from "../../../shared/broadcast/content.ts";
import type { TemplateType } from "../../../shared/template/admin.ts";
import type { TemplateText } from "../../../shared/template/admin-change.ts";
import { checkEmailLength, checkSmsTemplate } from "../../../shared/template/checks.ts";
import { compileContent } from "../../../shared/template/placeholders.ts";
import { oversizedQrCode } from "../../../shared/template/qr-code.ts";
import { Refusal } from "../refusal.ts";

const names: Record<TemplateType, string> = {
  sms: "text message",
  email: "email",
  letter: "letter",
  broadcast: "broadcast",
};

/** Throws where a service may not have what is made from such a template. */
export function assertMayChange(
  what: "Creating" | "Updating",
  type: TemplateType,
  permissions: ReadonlySet<string>,
): void {
  if (permissions.has(type)) return;
  throw new Refusal(403, { template_type: [`${what} ${names[type]} templates is not allowed`] });
}

/** Throws where no template can say so. */
export function assertText(type: TemplateType, text: TemplateText): void {
  const fault = faultOf(type, text);
  if (fault !== null) throw new Refusal(400, { content: [fault] });
  assertParts(type, text);
}

function faultOf(type: TemplateType, { content, letterWelshContent }: TemplateText): string | null {
  switch (type) {
    case "sms":
      return checkSmsTemplate(content);
    case "email":
      return checkEmailLength(content);
    case "letter":
      return [content, letterWelshContent ?? ""].some(hasOversizedQrCode) ? "qr-code-too-long" : null;
    case "broadcast":
      return contentFault(normaliseContent(ownWords(content)));
  }
}

/** What an alert says whatever it is filled in with; a placeholder alone may say anything. */
function ownWords(content: string): string {
  const { literals, placeholders } = compileContent(content);
  const words = literals.join("");
  return words.trim() === "" && placeholders.length > 0 ? "x" : words;
}

function hasOversizedQrCode(content: string): boolean {
  return oversizedQrCode({ compiledContent: compileContent(content) }, new Map()) !== null;
}

/** What only some templates have. */
function assertParts(type: TemplateType, text: TemplateText): void {
  if (type !== "email" && text.hasUnsubscribeLink) {
    throw new Refusal(400, { has_unsubscribe_link: ["Only emails have a link to unsubscribe"] });
  }
  if (type !== "letter") {
    if (text.contactId !== null) throw new Refusal(400, { reply_to: ["Only letters have a contact block"] });
    return;
  }
  const isWelsh = text.letterLanguages === "welsh_then_english";
  const parts = [text.letterWelshSubject, text.letterWelshContent];
  if (isWelsh && parts.includes(null)) {
    throw new Refusal(400, { letter_languages: ["A letter in Welsh needs a Welsh subject and content"] });
  }
  if (!isWelsh && parts.some((part) => part !== null)) {
    throw new Refusal(400, { letter_languages: ["Only a letter in both languages has a Welsh half"] });
  }
}

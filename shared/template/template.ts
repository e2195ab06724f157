import { escapeHtml } from "../text/html.ts";
import { type CompiledContent, compileContent } from "./placeholders.ts";

/** What rendering needs of a template. */
export interface TemplateText {
  type: "sms" | "email" | "letter";
  content: string;
  subject: string | null;
  hasUnsubscribeLink: boolean;
}

/** A template made ready to render many times. Callers keep it as long as its version lives. */
export interface CompiledTemplate extends TemplateText {
  compiledContent: CompiledContent;
  compiledSubject: CompiledContent | null;
  /** Content and subject escaped before their placeholders were found; null unless it is an email. */
  html: { content: CompiledContent; subject: CompiledContent } | null;
}

export function compileTemplate(template: TemplateText): CompiledTemplate {
  const { type, content, subject, hasUnsubscribeLink } = template;
  return {
    type,
    content,
    subject,
    hasUnsubscribeLink,
    compiledContent: compileContent(content),
    compiledSubject: subject === null || type === "sms" ? null : compileContent(subject),
    html:
      type === "email"
        ? {
            content: compileContent(escapeHtml(content)),
            subject: compileContent(escapeHtml(subject ?? "")),
          }
        : null,
  };
}

import { escapeHtml } from "../text/html.ts";
import { niceTypography } from "../text/typography.ts";
import { normaliseSpace, trimSpace } from "../text/whitespace.ts";
import { fill, htmlStyle, plainBulletStyle, withEscapedKeys } from "./fill.ts";
import { compileContent, type Personalisation } from "./placeholders.ts";
import type { CompiledTemplate } from "./template.ts";

/** What the API shows of a letter: its Markdown unrendered, and its subject as HTML. */
export function renderLetterForApi(
  { subject, compiledContent }: CompiledTemplate,
  personalisation: Personalisation,
): { subject: string; body: string } {
  const escaped = compileContent(escapeHtml(subject ?? ""));
  return {
    subject: normaliseSpace(niceTypography(fill(escaped, withEscapedKeys(personalisation), htmlStyle))),
    body: trimSpace(fill(compiledContent, personalisation, plainBulletStyle)),
  };
}

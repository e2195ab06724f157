import { decodeEntities, escapeHtml } from "../text/html.ts";
import { niceTypography } from "../text/typography.ts";
import {
  joinSpace,
  normaliseSpace,
  stripUnsupported,
  trimLeadingSpace,
  trimSpace,
  unlinkGovuk,
} from "../text/whitespace.ts";
import { layOutEmail } from "./email-layout.ts";
import { fill, htmlBulletStyle, htmlStyle, plainBulletStyle, plainStyle, withEscapedKeys } from "./fill.ts";
import { addStyles, renderHtml } from "./markdown-html.ts";
import { parseMarkdown } from "./markdown-inline.ts";
import { renderPreheader, renderText } from "./markdown-text.ts";
import type { MarkdownTree } from "./markdown-tree.ts";
import type { Personalisation } from "./placeholders.ts";
import type { CompiledTemplate } from "./template.ts";

export interface RenderedEmail {
  subject: string;
  text: string;
  /** A whole document. */
  html: string;
}

const preheaderLength = 256;
const unsubscribeWords = "[Unsubscribe from these emails]";

/** What the API shows of an email: its Markdown unrendered. */
export function renderEmailForApi(
  template: CompiledTemplate,
  personalisation: Personalisation,
): { subject: string; body: string } {
  return {
    subject: subjectOf(template, personalisation),
    body: trimSpace(fill(template.compiledContent, personalisation, plainBulletStyle)),
  };
}

/** The body's HTML alone, as a template's preview shows it. */
export function renderEmailFragment(template: CompiledTemplate, personalisation: Personalisation): string {
  return htmlOf(parseBody(escapedBody(template, withEscapedKeys(personalisation))));
}

/**
 * The email as sent. A template with an unsubscribe link ends in one to `unsubscribeUrl`, unless that is
 * null.
 */
export function renderEmail(
  template: CompiledTemplate,
  personalisation: Personalisation,
  { unsubscribeUrl }: { unsubscribeUrl: string | null },
): RenderedEmail {
  const ending =
    template.hasUnsubscribeLink && unsubscribeUrl !== null
      ? `\n\n---\n\n${unsubscribeWords}(${unsubscribeUrl})`
      : "";
  const escaped = withEscapedKeys(personalisation);
  const plainSource = fill(template.compiledContent, personalisation, plainBulletStyle) + ending;
  const escapedSource = escapedBody(template, escaped);
  const wholeSource = escapedSource + escapeHtml(ending);
  const tree = parseBody(wholeSource);
  return {
    subject: subjectOf(template, personalisation),
    text: textOf(readsAlike(plainSource, wholeSource) ? tree : parseBody(plainSource)),
    html: layOutEmail({
      title: titleOf(template, escaped),
      preheader: preheaderOf(ending === "" ? tree : (withoutEnding(tree) ?? parseBody(escapedSource))),
      body: htmlOf(tree),
    }),
  };
}

/**
 * Whether one reading serves both parts, as it does for most emails: nothing was escaped but ampersands, which
 * mean nothing to Markdown and which the text part decodes at its end. Tabs are as wide as what stands before.
 */
function readsAlike(plainSource: string, escapedSource: string): boolean {
  if (plainSource === escapedSource) return true;
  if (/[<>\t]/.test(plainSource) || decodeEntities(plainSource) !== plainSource) return false;
  return plainSource.replaceAll("&", "&amp;") === escapedSource;
}

/**
 * The tree without the rule and the link that `renderEmail` added; null when they may have changed what they
 * follow. Only words stay as they were: `*` alone is a paragraph, `*` and a line a list.
 */
function withoutEnding({ blocks, footnotes }: MarkdownTree): MarkdownTree | null {
  const [before, rule, link] = blocks.slice(-3);
  const isAfterWords = before?.kind === "paragraph" || before?.kind === "heading";
  const isEnding =
    rule?.kind === "rule" && link?.kind === "paragraph" && link.source.startsWith(unsubscribeWords);
  return isAfterWords && isEnding ? { blocks: blocks.slice(0, -2), footnotes } : null;
}

function subjectOf({ compiledSubject }: CompiledTemplate, personalisation: Personalisation): string {
  return compiledSubject ? subjectLine(fill(compiledSubject, personalisation, plainStyle)) : "";
}

function titleOf({ html }: CompiledTemplate, personalisation: Personalisation): string {
  return html ? subjectLine(fill(html.subject, personalisation, htmlStyle)) : "";
}

function subjectLine(text: string): string {
  return normaliseSpace(niceTypography(text));
}

function escapedBody({ html }: CompiledTemplate, personalisation: Personalisation): string {
  return html ? fill(html.content, personalisation, htmlBulletStyle) : "";
}

function parseBody(body: string): MarkdownTree {
  return parseMarkdown(`${stripUnsupported(unlinkGovuk(body))}\n`);
}

function htmlOf(tree: MarkdownTree): string {
  return addStyles(niceTypography(renderHtml(tree)));
}

function textOf(tree: MarkdownTree): string {
  return `${trimLeadingSpace(decodeEntities(niceTypography(renderText(tree))))}\n`;
}

function preheaderOf(tree: MarkdownTree): string {
  const start = preheaderWords(tree, preheaderLength * 4);
  // Whitespace alone can have been enough.
  const words = start.length > preheaderLength * 3 ? start : preheaderWords(tree, Number.POSITIVE_INFINITY);
  // As many UTF-16 units reach at least as far as code points do.
  const reach = words.slice(0, preheaderLength * 2);
  const hasPairs = /[\ud800-\udfff]/.test(reach);
  return trimSpace(
    hasPairs ? [...reach].slice(0, preheaderLength).join("") : reach.slice(0, preheaderLength),
  );
}

function preheaderWords(tree: MarkdownTree, enough: number): string {
  return trimSpace(joinSpace(niceTypography(renderPreheader(tree, enough))));
}

import { capNewlines, normaliseLines, tightPunctuation, trimSpace } from "../text/whitespace.ts";
import { emptyStyle, fill, plainStyle } from "./fill.ts";
import { countFragments } from "./fragments.ts";
import { downgradeToGsm, smsEncoding } from "./gsm.ts";
import { compileContent, type Personalisation } from "./placeholders.ts";
import type { CompiledTemplate } from "./template.ts";

export interface RenderedSms {
  /** What is sent, prefix included. */
  text: string;
  fragments: number;
  /** What the limits count: UTF-16 units without the prefix. */
  lengthWithoutPrefix: number;
}

/** The body as the API shows and the database keeps it: without the service's name. */
export function renderSmsBody(template: CompiledTemplate, personalisation: Personalisation): string {
  return downgradeToGsm(tidy(fill(template.compiledContent, personalisation, plainStyle)));
}

/** The text as sent. `prefix` is the name of a service that puts it before its texts. */
export function renderSms(
  template: CompiledTemplate,
  personalisation: Personalisation,
  { prefix }: { prefix: string | null },
): RenderedSms {
  const body = fill(template.compiledContent, personalisation, plainStyle);
  const before = tidy(prefix === null ? body : `${trimSpace(prefix)}: ${body}`);
  const text = downgradeToGsm(before);
  // Notify takes off the name as it is kept, outer spaces included, though they were not sent.
  const prefixLength = prefix === null ? 0 : downgradeToGsm(prefix).length + 2;
  return {
    text,
    fragments: countFragments(text, smsEncoding(before)),
    lengthWithoutPrefix: Math.max(0, text.length - prefixLength),
  };
}

/** UTF-16 units a template's own words take: its placeholders count as nothing. */
export function smsTemplateLength(content: string): number {
  return downgradeToGsm(tidy(fill(compileContent(content), new Map(), emptyStyle))).length;
}

function tidy(text: string): string {
  return trimSpace(capNewlines(normaliseLines(tightPunctuation(text))));
}

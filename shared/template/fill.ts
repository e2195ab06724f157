import type { Json } from "../json/json.ts";
import { pythonText } from "../json/python.ts";
import { escapeHtml } from "../text/html.ts";
import { stripObscure } from "../text/whitespace.ts";
import type { CompiledContent, Personalisation, Placeholder } from "./placeholders.ts";

/** How values are written into a text. */
export interface FillStyle {
  list(items: readonly string[]): string;
  escape(value: string): string;
  /** What stands where no value is given. */
  missing(placeholder: Placeholder): string;
}

const yes: ReadonlySet<string> = new Set(["yes", "y", "true", "t", "1", "include", "show"]);

/** In one pass: what a value contains is never taken for a placeholder. */
export function fill(content: CompiledContent, personalisation: Personalisation, style: FillStyle): string {
  const { literals, placeholders } = content;
  let text = literals[0] ?? "";
  for (let index = 0; index < placeholders.length; index += 1) {
    const placeholder = placeholders[index];
    if (placeholder !== undefined) text += replacementFor(placeholder, personalisation, style);
    text += literals[index + 1] ?? "";
  }
  return text;
}

/** The same values by the keys their placeholders have in an escaped text. */
export function withEscapedKeys(personalisation: Personalisation): Personalisation {
  for (const key of personalisation.keys()) {
    if (/[&<>]/.test(key)) {
      return new Map(Array.from(personalisation, ([name, value]) => [escapeHtml(name), value]));
    }
  }
  return personalisation;
}

function replacementFor(
  placeholder: Placeholder,
  personalisation: Personalisation,
  style: FillStyle,
): string {
  const value = personalisation.get(placeholder.key);
  if (value === undefined || value === null) return style.missing(placeholder);
  const text = style.escape(textOf(value, style));
  if (placeholder.conditionalText === null) return text;
  return yes.has(text.toLowerCase()) ? placeholder.conditionalText : "";
}

function textOf(value: Json, style: FillStyle): string {
  if (!Array.isArray(value)) return pythonText(value);
  const items = value.filter((item) => item !== null).map((item) => stripObscure(pythonText(item)));
  const shown = items.filter((item) => item !== "");
  return shown.length === 0 ? "" : style.list(shown);
}

/** `tea, milk and jam`. */
function asSentence(items: readonly string[]): string {
  const last = items.at(-1) ?? "";
  return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} and ${last}`;
}

/** Markdown that becomes a bulleted list. */
function asBullets(items: readonly string[]): string {
  return `\n\n${items.map((item) => `* ${item}`).join("\n")}`;
}

function unchanged(value: string): string {
  return value;
}

function asTyped({ source }: Placeholder): string {
  return source;
}

function marked({ name, conditionalText }: Placeholder): string {
  return conditionalText === null
    ? `<span class='placeholder'>&#40;&#40;${name}&#41;&#41;</span>`
    : `<span class='placeholder-conditional'>&#40;&#40;${name}??</span>${conditionalText}&#41;&#41;`;
}

/** Texts, subjects. */
export const plainStyle: FillStyle = { list: asSentence, escape: unchanged, missing: asTyped };
/** Email bodies as Markdown. */
export const plainBulletStyle: FillStyle = { list: asBullets, escape: unchanged, missing: asTyped };
/** Subjects in HTML. Fills a text that was escaped before it was compiled. */
export const htmlStyle: FillStyle = { list: asSentence, escape: escapeHtml, missing: marked };
/** Email bodies on the way to HTML. Fills a text that was escaped before it was compiled. */
export const htmlBulletStyle: FillStyle = { list: asBullets, escape: escapeHtml, missing: marked };

/** Names without brackets, for addresses and numbers. */
export function bareNames(style: FillStyle): FillStyle {
  const isHtml = style.missing === marked;
  return {
    ...style,
    missing: ({ name }) => (isHtml ? `<span class='placeholder-no-brackets'>${name}</span>` : name),
  };
}

/** What was sent stays hidden: for notifications whose template redacts its personalisation. */
export function redacted(style: FillStyle): FillStyle {
  const hidden = style.missing === marked ? "<span class='placeholder-redacted'>hidden</span>" : "[hidden]";
  return { ...style, missing: () => hidden };
}

/** Placeholders count as nothing, to measure what a template says by itself. */
export const emptyStyle: FillStyle = { list: asSentence, escape: unchanged, missing: () => "" };

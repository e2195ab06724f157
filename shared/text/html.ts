import { decodeHTML } from "entities/decode";

const entityOrSpecial = /&(?:#\d+|#[xX][\da-fA-F]+|[^\t\n\f <&#;]{1,32});|[&<>]/g;
const escapes: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
]);

/**
 * Text as HTML, as notifications-utils `escape_html` writes it: entities that end in `;` become characters
 * first, except `&nbsp;` and `&amp;`, which stay. Quotes are left alone.
 */
export function escapeHtml(text: string): string {
  return /[&<>]/.test(text) ? text.replace(entityOrSpecial, escapeMatch) : text;
}

function escapeMatch(match: string): string {
  if (match === "&nbsp;" || match === "&amp;") return match;
  return escapes.get(match) ?? escapeCharacters(decodeHTML(match));
}

function escapeCharacters(text: string): string {
  return text.replace(/[&<>]/g, (character) => escapes.get(character) ?? character);
}

/** Every entity as its character, also old ones without `;`: Python's `html.unescape`. */
export function decodeEntities(text: string): string {
  return text.includes("&") ? decodeHTML(text) : text;
}

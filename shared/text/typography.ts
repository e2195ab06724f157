import { curlQuotes } from "./smart-quotes.ts";
import { isSpace, tightPunctuation, whitespaceClass } from "./whitespace.ts";

const dashAfterSpace = new RegExp(`[${whitespaceClass}][-–—]`, "g");
const dashesAndSpace = new RegExp(`[-–—]{1,3}[${whitespaceClass}]+`, "y");

/** Notify's `do_nice_typography`: for emails and letters, on text or on finished HTML. */
export function niceTypography(text: string): string {
  return enDashes(straightenAddresses(curlQuotes(tightPunctuation(text))));
}

/**
 * Takes curly quotes out of email addresses. A match eats the space after it, so that of two addresses one
 * space apart only the first is mended, as Notify does.
 */
export function straightenAddresses(text: string): string {
  if (!text.includes("@") || !/[‘’]/.test(text)) return text;
  let result = "";
  let copied = 0;
  // Where the last match ended: the space before is taken.
  let matched = -1;
  for (let at = text.indexOf("@"); at !== -1; at = text.indexOf("@", at + 1)) {
    const start = startOfToken(text, at, copied);
    const end = endOfToken(text, at);
    const isFree = start !== matched || start === 0 || text[start - 1] === "\n";
    // An @ that ends a token makes no address of it.
    if (isFree && at > start && at + 1 < end) {
      result += text.slice(copied, start) + text.slice(start, end).replace(/[‘’]/g, "'");
      copied = end;
      matched = end + 1;
    }
    if (copied === end || !isFree) at = end - 1;
  }
  return result + text.slice(copied);
}

function startOfToken(text: string, at: number, least: number): number {
  let start = at;
  while (start > least && !isSpace(text.charCodeAt(start - 1))) start -= 1;
  return start;
}

function endOfToken(text: string, at: number): number {
  let end = at;
  while (end < text.length && !isSpace(text.charCodeAt(end))) end += 1;
  return end;
}

/** One to three hyphens or dashes between whitespace become one spaced en dash. */
export function enDashes(text: string): string {
  let result = "";
  let copied = 0;
  dashAfterSpace.lastIndex = 0;
  for (let match = dashAfterSpace.exec(text); match !== null; match = dashAfterSpace.exec(text)) {
    dashesAndSpace.lastIndex = match.index + 1;
    if (!dashesAndSpace.test(text)) continue;
    result += `${text.slice(copied, startOfSpace(text, match.index, copied))} – `;
    copied = dashesAndSpace.lastIndex;
    dashAfterSpace.lastIndex = copied;
  }
  return result + text.slice(copied);
}

function startOfSpace(text: string, at: number, least: number): number {
  let start = at;
  while (start > least && isSpace(text.charCodeAt(start - 1))) start -= 1;
  return start;
}

import { definitionKey, matchAt } from "./markdown-patterns.ts";
import type { LinkTarget } from "./markdown-tree.ts";

/** More brackets between those of one link are not looked at, nor longer addresses: no text takes long. */
const maximumBrackets = 200;
const maximumUrl = 10_000;
const maximumTitle = 1_000;

const pointedUrl = /<([^>]{0,10000})>(?:\s+['"]([\s\S]{0,1000}?)['"])?\s*\)/y;
const reference = /\]\s*\[([^^\]]{0,1000})\]/y;
const bareReference = /\[((?:\[[^\]]{0,1000}\]|[^[\]]){0,1000})\]/y;

/** For each place of a text, where the next bracket or caret is. */
export interface Brackets {
  open: Int32Array;
  close: Int32Array;
  caret: Int32Array;
}

export function bracketsOf(text: string): Brackets {
  // Filled once for a text, however many brackets it holds: to search from each would take long for some.
  return { open: nextIndexes(text, "["), close: nextIndexes(text, "]"), caret: nextIndexes(text, "^") };
}

/** The first index at or after each place; the text's length where there is none. */
function nextIndexes(text: string, character: string): Int32Array {
  const next = new Int32Array(text.length + 2).fill(text.length);
  let from = 0;
  for (let index = text.indexOf(character); index !== -1; index = text.indexOf(character, index + 1)) {
    next.fill(index, from, index + 1);
    from = index + 1;
  }
  return next;
}

/**
 * Where the words of a link that begins with the bracket at `open` may end, as mistune's
 * `(?:\[[^^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*` finds it: the last comes first.
 */
function wordEnds(text: string, open: number, brackets: Brackets): number[] {
  const ends: number[] = [];
  let at = open + 1;
  for (let seen = 0; seen < maximumBrackets; seen += 1) {
    const nextOpen = brackets.open[at] ?? text.length;
    const nextClose = brackets.close[at] ?? text.length;
    // Whatever else stands there, words end at a bracket.
    if (nextClose === text.length) break;
    if (nextOpen < nextClose) {
      if ((brackets.caret[nextOpen] ?? text.length) < nextClose) break;
      at = nextClose + 1;
      continue;
    }
    ends.unshift(nextClose);
    at = nextClose + 1;
    const another = brackets.close[at] ?? text.length;
    if (another === text.length || (brackets.open[at] ?? text.length) < another) break;
  }
  return ends;
}

export interface FoundLink extends LinkTarget {
  words: string;
  end: number;
}

/** The link whose words begin after the bracket at `open`, or null. */
export function linkAt(
  text: string,
  open: number,
  brackets: Brackets,
  definitions: ReadonlyMap<string, LinkTarget>,
): FoundLink | null {
  const ends = wordEnds(text, open, brackets);
  for (const end of ends) {
    const target = text[end + 1] === "(" ? targetAt(text, end + 2) : null;
    if (target) return { ...target, words: text.slice(open + 1, end) };
  }
  if (definitions.size === 0) return null;
  return referenceAt(text, open, ends, definitions) ?? bareReferenceAt(text, open, definitions);
}

/** What stands between the round brackets: an address up to the first `)`, and perhaps a quoted title. */
function targetAt(text: string, at: number): (LinkTarget & { end: number }) | null {
  let start = at;
  while (/\s/.test(text.charAt(start))) start += 1;
  const pointed = text[start] === "<" ? matchAt(pointedUrl, text, start) : null;
  if (pointed) return { url: pointed[1] ?? "", title: pointed[2] ?? null, end: pointedUrl.lastIndex };
  const inside = text.slice(start, start + maximumUrl);
  const close = inside.indexOf(")");
  if (close === -1) return null;
  const spacedQuote = /\s['"]/.exec(inside.slice(0, close));
  const titleStart = spacedQuote === null ? -1 : start + spacedQuote.index + 2;
  const rest = titleStart === -1 ? "" : text.slice(titleStart, titleStart + maximumTitle);
  const titleEnd = /['"]\s*\)/.exec(rest);
  if (titleEnd === null)
    return { url: inside.slice(0, close).trimEnd(), title: null, end: start + close + 1 };
  return {
    url: text.slice(start, titleStart - 2).trimEnd(),
    title: rest.slice(0, titleEnd.index),
    end: titleStart + titleEnd.index + titleEnd[0].length,
  };
}

/** `[words][key]` */
function referenceAt(
  text: string,
  open: number,
  ends: readonly number[],
  definitions: ReadonlyMap<string, LinkTarget>,
): FoundLink | null {
  for (const end of ends) {
    const match = matchAt(reference, text, end);
    if (match === null) continue;
    const words = text.slice(open + 1, end);
    const target = definitions.get(definitionKey(match[1] || words));
    return target ? { ...target, words, end: reference.lastIndex } : null;
  }
  return null;
}

/** `[key]` */
function bareReferenceAt(
  text: string,
  open: number,
  definitions: ReadonlyMap<string, LinkTarget>,
): FoundLink | null {
  const words = matchAt(bareReference, text, open)?.[1];
  const target = words === undefined ? undefined : definitions.get(definitionKey(words));
  return words === undefined || target === undefined
    ? null
    : { ...target, words, end: bareReference.lastIndex };
}

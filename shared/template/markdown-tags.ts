/**
 * Raw HTML in Markdown, as mistune 0.8.4 finds it. Only the text part of an email meets any: on the way to
 * HTML everything has been escaped before.
 */

const inlineTags =
  "a|em|strong|small|s|cite|q|dfn|abbr|data|time|code|var|samp|kbd|sub|sup|i|b|u|mark|ruby|rt|rp|bdi|bdo|span|br|wbr|ins|del|img|font";
const blockStart = new RegExp(`^(?:${inlineTags})$`);
// Letters of any script make a name, as Python's `\w` has it.
const tagStart = /<([\p{L}\p{N}_]+)(?![\p{L}\p{N}_]|:\/|[^\p{L}\p{N}_\s@]*@)/uy;
// Longest first and without a way back, so that no input takes long.
const attribute = /\s*[a-zA-Z-](?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s'">]+))?/y;
const tagEnd = /\s*(\/?)>/y;
const blockEnd = / *(?:\n{2,}|\s*$)/y;

/** Longer ones are text, and tags with more, so that no input takes long. */
const maximumAngleLink = 4_000;
const maximumAttributes = 100;

interface OpenTag {
  name: string;
  /** Where its attributes begin and where it ends. */
  attributesAt: number;
  end: number;
  isSelfClosed: boolean;
}

function openTagAt(text: string, at: number): OpenTag | null {
  tagStart.lastIndex = at;
  const name = tagStart.exec(text)?.[1];
  if (name === undefined) return null;
  const attributesAt = tagStart.lastIndex;
  let end = attributesAt;
  for (let count = 0; count <= maximumAttributes; count += 1) {
    tagEnd.lastIndex = end;
    const close = tagEnd.exec(text);
    if (close) return { name, attributesAt, end: tagEnd.lastIndex, isSelfClosed: close[1] === "/" };
    attribute.lastIndex = end;
    if (!attribute.test(text)) return null;
    end = attribute.lastIndex;
  }
  return null;
}

/**
 * Where the comment, element or tag that begins here ends; -1 when none does. `missing` gathers the ends that
 * the rest of the text lacks, so that they are sought once.
 */
export function inlineHtmlEnd(text: string, at: number, missing: Set<string>): number {
  if (text.startsWith("<!--", at)) {
    const end = endAfter("-->", text, at + 4, missing);
    if (end !== -1) return end;
  }
  const tag = openTagAt(text, at);
  if (tag === null) return -1;
  const end = tag.isSelfClosed ? -1 : endAfter(`</${tag.name}>`, text, tag.end, missing);
  return end === -1 ? tag.end : end;
}

function endAfter(close: string, text: string, from: number, missing: Set<string>): number {
  if (missing.has(close)) return -1;
  const index = text.indexOf(close, from);
  if (index === -1) missing.add(close);
  return index === -1 ? -1 : index + close.length;
}

/** The link between angle brackets that begins here; null when none does. */
export function angleLinkAt(text: string, at: number): string | null {
  const inside = text.slice(at + 1, at + 1 + maximumAngleLink);
  const link = inside.slice(0, Math.max(0, inside.indexOf(">")));
  return !link.includes(" ") && /[\s\S][@:][\s\S]/.test(link) ? link : null;
}

/** Whether a line that begins here with a block's tag ends the paragraph before it. */
export function startsBlockTag(text: string, at: number): boolean {
  tagStart.lastIndex = at;
  const name = tagStart.exec(text)?.[1];
  return name !== undefined && !blockStart.test(name);
}

/** For each end of an element, the next place `at` which it stands before a blank line, sought from `from` on. */
export type BlockEnds = Map<string, { from: number; at: number; end: number }>;

/**
 * A block of HTML, which a blank line must follow, and what is shown of it; null when none begins here. `ends`
 * is kept for one text read from its start to its end.
 */
export function blockHtmlAt(
  text: string,
  lineStart: number,
  at: number,
  ends: BlockEnds,
): { html: string; end: number } | null {
  if (text.startsWith("<!--", at)) {
    const comment = nextBlockEnd("-->", text, at + 4, ends);
    if (comment.end !== -1) return { html: text.slice(lineStart, comment.end), end: comment.end };
  }
  const tag = startsBlockTag(text, at) ? openTagAt(text, at) : null;
  if (tag === null) return null;
  if (!tag.isSelfClosed) {
    const close = `</${tag.name}>`;
    const element = nextBlockEnd(close, text, tag.end, ends);
    if (element.end !== -1) return { html: text.slice(at, element.at + close.length), end: element.end };
  }
  const end = endOfBlock(text, tag.end);
  return end === -1 ? null : { html: text.slice(lineStart, end), end };
}

function nextBlockEnd(
  close: string,
  text: string,
  from: number,
  ends: BlockEnds,
): { at: number; end: number } {
  const known = ends.get(close);
  if (known !== undefined && known.from <= from && from <= known.at) return known;
  let found = { from, at: Number.POSITIVE_INFINITY, end: -1 };
  for (let at = text.indexOf(close, from); at !== -1; at = text.indexOf(close, at + close.length)) {
    const end = endOfBlock(text, at + close.length);
    if (end === -1) continue;
    found = { from, at, end };
    break;
  }
  ends.set(close, found);
  return found;
}

function endOfBlock(text: string, at: number): number {
  blockEnd.lastIndex = at;
  return blockEnd.test(text) ? blockEnd.lastIndex : -1;
}

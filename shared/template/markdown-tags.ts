/**
 * Raw HTML in Markdown, as mistune 0.8.4 finds it. Only the text part of an email meets any: on the way to
 * HTML everything has been escaped before.
 */

const inlineTags =
  "a|em|strong|small|s|cite|q|dfn|abbr|data|time|code|var|samp|kbd|sub|sup|i|b|u|mark|ruby|rt|rp|bdi|bdo|span|br|wbr|ins|del|img|font";
const blockStart = new RegExp(`^(?:${inlineTags})$`);
const tagStart = /<(\w+)(?!:\/|[^\w\s@]*@)\b/y;
// Longest first and without a way back, so that no input takes long.
const attribute = /\s*[a-zA-Z-](?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s'">]+))?/y;
const tagEnd = /\s*(\/?)>/y;
const blockEnd = / *(?:\n{2,}|\s*$)/y;

/** Longer ones are text, so that no input takes long. */
const maximumAngleLink = 4_000;

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
  for (;;) {
    tagEnd.lastIndex = end;
    const close = tagEnd.exec(text);
    if (close) return { name, attributesAt, end: tagEnd.lastIndex, isSelfClosed: close[1] === "/" };
    attribute.lastIndex = end;
    if (!attribute.test(text)) return null;
    end = attribute.lastIndex;
  }
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

/** A block of HTML, which a blank line must follow, and what is shown of it; null when none begins here. */
export function blockHtmlAt(
  text: string,
  lineStart: number,
  at: number,
): { html: string; end: number } | null {
  if (text.startsWith("<!--", at)) {
    for (let end = text.indexOf("-->", at + 4); end !== -1; end = text.indexOf("-->", end + 3)) {
      const blockEndAt = endOfBlock(text, end + 3);
      if (blockEndAt !== -1) return { html: text.slice(lineStart, blockEndAt), end: blockEndAt };
    }
  }
  const tag = startsBlockTag(text, at) ? openTagAt(text, at) : null;
  if (tag === null) return null;
  const close = `</${tag.name}>`;
  for (
    let end = tag.isSelfClosed ? -1 : text.indexOf(close, tag.end);
    end !== -1;
    end = text.indexOf(close, end + close.length)
  ) {
    const blockEndAt = endOfBlock(text, end + close.length);
    if (blockEndAt !== -1) return { html: text.slice(at, end + close.length), end: blockEndAt };
  }
  const blockEndAt = endOfBlock(text, tag.end);
  return blockEndAt === -1 ? null : { html: text.slice(lineStart, blockEndAt), end: blockEndAt };
}

function endOfBlock(text: string, at: number): number {
  blockEnd.lastIndex = at;
  return blockEnd.test(text) ? blockEnd.lastIndex : -1;
}

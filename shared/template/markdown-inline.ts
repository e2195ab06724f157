import { parseBlocks } from "./markdown-blocks.ts";
import { type Brackets, bracketsOf, linkAt } from "./markdown-links.ts";
import { definitionKey, matchAt, withoutLastNewlines } from "./markdown-patterns.ts";
import { angleLinkAt, inlineHtmlEnd } from "./markdown-tags.ts";
import type { Block, Inline, LinkTarget, MarkdownTree } from "./markdown-tree.ts";

const backslashed = /\\([\\`*{}[\]()#+\-.!_>~|])/y;
const bareUrl = /https?:\/\/[^\s<]+[^<.,:"')\]\s]/y;
const lineBreak = / *\n(?!\s*$)/y;
const footnoteMark = /\[\^([^\]]{1,1000})\]/y;
/** Where anything but plain text may begin. The unused marks cut text as they do in mistune. */
const specials: Readonly<Uint8Array> = Uint8Array.from({ length: 128 }, (_, unit) =>
  "\\<![_*`~\n".includes(String.fromCharCode(unit)) ? 1 : 0,
);
const letterH = 0x68;
const looseAmpersand = /&(?!#?[\p{L}\p{N}_]+;)/gu;

/** Reads email Markdown: blocks first, then the links and line breaks in them. */
export function parseMarkdown(markdown: string): MarkdownTree {
  const { blocks, links, footnoteKeys } = parseBlocks(markdown);
  const parser = new InlineParser(links, footnoteKeys);
  parser.readBlocks(blocks);
  return { blocks, footnotes: parser.footnotes() };
}

/** Anything but plain text, and where it ends. */
interface Special {
  inline: Inline;
  end: number;
}

interface Reading {
  text: string;
  /** Made when the first link is met. */
  brackets: Brackets | null;
  /** Closing tags that the rest of the text lacks. */
  missing: Set<string>;
}

class InlineParser {
  private readonly links: ReadonlyMap<string, LinkTarget>;
  private readonly footnoteKeys: ReadonlySet<string>;
  /** Marks seen, in order. */
  private readonly marked: string[] = [];
  private readonly notes = new Map<string, Block[]>();
  private inFootnote = false;
  private inLink = false;

  constructor(links: ReadonlyMap<string, LinkTarget>, footnoteKeys: ReadonlySet<string>) {
    this.links = links;
    this.footnoteKeys = footnoteKeys;
  }

  footnotes(): Block[][] {
    return this.marked.map((key) => this.notes.get(key) ?? []);
  }

  readBlocks(blocks: readonly Block[]): void {
    for (const block of blocks) this.readBlock(block);
  }

  private readBlock(block: Block): void {
    switch (block.kind) {
      case "heading":
      case "paragraph":
      case "text":
        block.content = this.read(block.source);
        break;
      case "inset":
      case "list":
      case "item":
        this.readBlocks(block.blocks);
        break;
      case "footnote":
        this.inFootnote = true;
        this.readBlocks(block.blocks);
        this.inFootnote = false;
        this.notes.set(block.key, block.blocks);
        break;
    }
  }

  private read(source: string): Inline[] {
    const text = withoutLastNewlines(source);
    const reading: Reading = { text, brackets: null, missing: new Set() };
    const content: Inline[] = [];
    const needsNoEscape = !/[&<>]/.test(text);
    let plain = "";
    let at = 0;
    while (at < text.length) {
      const found = this.readSpecial(reading, at);
      if (typeof found?.inline === "string") {
        plain += found.inline;
      } else if (found) {
        if (plain !== "") content.push(plain);
        plain = "";
        content.push(found.inline);
      }
      const end = found?.end ?? endOfPlain(text, at);
      if (!found) plain += needsNoEscape ? text.slice(at, end) : escapeText(text.slice(at, end));
      at = end;
    }
    if (plain !== "") content.push(plain);
    return content;
  }

  /** What begins here, if it is anything but plain text. */
  private readSpecial(reading: Reading, at: number): Special | null {
    const { text } = reading;
    switch (text[at]) {
      case "\\":
        return readBackslash(text, at);
      case "<":
        return readAngle(reading, at);
      case "h":
        return this.readUrl(text, at);
      case "!":
        return text[at + 1] === "[" ? this.readLink(reading, at + 1, at) : null;
      case "[":
        return this.readMark(text, at) ?? this.readLink(reading, at, at);
      case " ":
      case "\n":
        return matchAt(lineBreak, text, at) ? { inline: { kind: "break" }, end: lineBreak.lastIndex } : null;
      default:
        return null;
    }
  }

  private readUrl(text: string, at: number): Special | null {
    const url = matchAt(bareUrl, text, at)?.[0];
    if (url === undefined) return null;
    return { inline: this.inLink ? escapeText(url) : { kind: "url", url }, end: at + url.length };
  }

  /** A footnote's mark vanishes. The second mark of a note is plain text. */
  private readMark(text: string, at: number): Special | null {
    if (this.inFootnote || text[at + 1] !== "^") return null;
    const match = matchAt(footnoteMark, text, at);
    if (match === null) return null;
    const key = definitionKey(match[1] ?? "");
    if (!this.footnoteKeys.has(key) || this.marked.includes(key)) return null;
    this.marked.push(key);
    return { inline: "", end: footnoteMark.lastIndex };
  }

  /** A link or image whose words begin after the bracket at `open`. */
  private readLink(reading: Reading, open: number, start: number): Special | null {
    reading.brackets ??= bracketsOf(reading.text);
    const found = linkAt(reading.text, open, reading.brackets, this.links);
    if (found === null) return null;
    // Images are not shown.
    if (start !== open) return { inline: "", end: found.end };
    this.inLink = true;
    const words = this.read(found.words);
    this.inLink = false;
    return { inline: { kind: "link", url: found.url, title: found.title, words }, end: found.end };
  }
}

function readBackslash(text: string, at: number): Special | null {
  const character = matchAt(backslashed, text, at)?.[1];
  return character === undefined ? null : { inline: escapeText(character), end: at + 2 };
}

/** Raw HTML is shown as it is, a link between angle brackets as its address: only the text part meets them. */
function readAngle({ text, missing }: Reading, at: number): Special | null {
  const end = inlineHtmlEnd(text, at, missing);
  if (end !== -1) return { inline: text.slice(at, end), end };
  const link = angleLinkAt(text, at);
  return link === null ? null : { inline: link, end: at + link.length + 2 };
}

/** Where plain text that begins here ends: at least one character on, before trailing spaces of a line. */
function endOfPlain(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && !isSpecial(text, end)) end += 1;
  if (text[end] === "\n") while (end > at + 1 && text[end - 1] === " ") end -= 1;
  return end;
}

function isSpecial(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  if (unit === letterH) return text.startsWith("http://", at) || text.startsWith("https://", at);
  return specials[unit] === 1;
}

/** As mistune escapes: what looks like an entity stays one. */
function escapeText(text: string): string {
  if (!/[&<>]/.test(text)) return text;
  return text.replace(looseAmpersand, "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

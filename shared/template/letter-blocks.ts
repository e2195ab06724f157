import { decodeEntities } from "../text/html.ts";
import type { LetterHtml } from "./letter-html.ts";

/** What a letter's layout draws. Texts are plain, with runs of whitespace as they were. */
export type LetterBlock =
  | { kind: "heading"; content: LetterInline[] }
  | { kind: "paragraph"; content: LetterInline[] }
  /** Text with no space round it: of a tight list item, or shown bare. */
  | { kind: "text"; content: LetterInline[] }
  | { kind: "list"; ordered: boolean; items: LetterBlock[][] }
  | { kind: "qr-code"; data: string }
  | { kind: "page-break" };

export type LetterInline = { kind: "text"; text: string; bold: boolean } | { kind: "break" };

const tag = /<(\/?)(h2|p|ul|ol|li|strong|br|hr|qr)>/g;

/**
 * Reads what `renderLetterHtml` wrote, when typography has gone over it: that must see it as HTML, as Notify's does.
 * Hyphens become those that no line ends at.
 */
export function readLetterHtml({ html, qrCodes }: LetterHtml): LetterBlock[] {
  const reader = new Reader(qrCodes);
  let at = 0;
  for (const match of html.matchAll(tag)) {
    reader.text(html.slice(at, match.index));
    at = match.index + match[0].length;
    if (match[1] === "") reader.open(match[2] ?? "");
    else reader.close(match[2] ?? "");
  }
  reader.text(html.slice(at));
  return reader.finish();
}

type Words = Extract<LetterBlock, { content: LetterInline[] }>;
type List = Extract<LetterBlock, { kind: "list" }>;

class Reader {
  private readonly codes: Iterator<string>;
  private readonly blocks: LetterBlock[] = [];
  /** Lists that are open, the innermost last. */
  private readonly lists: List[] = [];
  private words: Words | null = null;
  private bold = false;

  constructor(qrCodes: readonly string[]) {
    this.codes = qrCodes.values();
  }

  text(html: string): void {
    if (html === "" || (this.words === null && html.trim() === "")) return;
    const text = decodeEntities(html).replaceAll("-", "\u2011");
    this.inline({ kind: "text", text, bold: this.bold });
  }

  open(name: string): void {
    switch (name) {
      case "h2":
        this.begin({ kind: "heading", content: [] });
        break;
      case "p":
        this.begin({ kind: "paragraph", content: [] });
        break;
      case "ul":
      case "ol": {
        const list: List = { kind: "list", ordered: name === "ol", items: [] };
        this.add(list);
        this.lists.push(list);
        break;
      }
      case "li":
        this.end();
        this.lists.at(-1)?.items.push([]);
        break;
      case "strong":
        this.bold = true;
        break;
      case "br":
        this.inline({ kind: "break" });
        break;
      case "hr":
        this.add({ kind: "page-break" });
        break;
      case "qr":
        this.add({ kind: "qr-code", data: this.codes.next().value ?? "" });
        break;
    }
  }

  close(name: string): void {
    if (name === "strong") {
      this.bold = false;
      return;
    }
    this.end();
    if (name === "ul" || name === "ol") this.lists.pop();
  }

  finish(): LetterBlock[] {
    this.end();
    return this.blocks;
  }

  private inline(piece: LetterInline): void {
    if (this.words === null) this.begin({ kind: "text", content: [] });
    this.words?.content.push(piece);
  }

  private begin(words: Words): void {
    this.add(words);
    this.words = words;
  }

  private end(): void {
    this.words = null;
  }

  private add(block: LetterBlock): void {
    this.end();
    (this.lists.at(-1)?.items.at(-1) ?? this.blocks).push(block);
  }
}

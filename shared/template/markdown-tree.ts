/** What email Markdown is read into (`spec/templates.md` 5.2). Texts in it are escaped for HTML. */
export type Inline =
  | string
  | { kind: "break" }
  | { kind: "url"; url: string }
  | { kind: "link"; url: string; title: string | null; words: Inline[] };

export type Block =
  | { kind: "blank" }
  | { kind: "rule" }
  /** Indented or fenced text, and raw HTML: shown as it is. */
  | { kind: "verbatim"; text: string }
  | { kind: "heading"; level: number; source: string; content: Inline[] }
  | { kind: "paragraph"; source: string; content: Inline[] }
  /** The text of a tight list item, which is no paragraph. */
  | { kind: "text"; source: string; content: Inline[] }
  | { kind: "inset"; blocks: Block[] }
  | { kind: "list"; ordered: boolean; blocks: Block[] }
  | { kind: "item"; blocks: Block[] }
  | { kind: "footnote"; key: string; blocks: Block[] };

export interface LinkTarget {
  url: string;
  title: string | null;
}

export interface MarkdownTree {
  blocks: Block[];
  /** The text of each footnote that is referred to, in order of its first mark. */
  footnotes: Block[][];
}

import { type ListItem, listAt, listItems } from "./markdown-lists.ts";
import {
  endOfLine,
  fenceAt,
  firstVisible,
  footnoteDefinitionAt,
  headingAt,
  interruptsParagraph,
  isDefinitionAt,
  linkDefinitionAt,
  ruleEnd,
  skipNewlines,
  underlinedAt,
  withoutLastNewlines,
} from "./markdown-patterns.ts";
import { prepareMarkdown } from "./markdown-source.ts";
import { bareTableEnd, pipedTableEnd } from "./markdown-tables.ts";
import { type BlockEnds, blockHtmlAt } from "./markdown-tags.ts";
import type { Block, LinkTarget } from "./markdown-tree.ts";

/** Deeper lists and insets are plain text. */
const maximumDepth = 6;

export interface BlockTree {
  blocks: Block[];
  links: Map<string, LinkTarget>;
  footnoteKeys: Set<string>;
}

/** Reads the blocks of email Markdown as mistune 0.8.4 does with Notify's changes (`spec/templates.md` 5.2). */
export function parseBlocks(markdown: string): BlockTree {
  const parser = new BlockParser();
  const blocks = parser.parse(prepareMarkdown(markdown), documentRules);
  return { blocks, links: parser.links, footnoteKeys: parser.footnoteKeys };
}

/** A text being read, and what was found in it so far. */
interface Reading {
  text: string;
  blocks: Block[];
  /** How long fences are that nothing closes from here on, so that they need not be sought again. */
  unclosed: Map<string, number>;
  htmlEnds: BlockEnds;
}

/** Reads the block that begins at a place; answers where it ends, or -1 when it is of another kind. */
type Rule = (parser: BlockParser, reading: Reading, at: number) => number;

class BlockParser {
  readonly links = new Map<string, LinkTarget>();
  readonly footnoteKeys = new Set<string>();
  listDepth = 0;
  insetDepth = 0;

  parse(source: string, rules: readonly Rule[]): Block[] {
    const text = withoutLastNewlines(source);
    const reading: Reading = { text, blocks: [], unclosed: new Map(), htmlEnds: new Map() };
    let at = 0;
    while (at < text.length) at = this.next(reading, at, rules);
    return reading.blocks;
  }

  private next(reading: Reading, at: number, rules: readonly Rule[]): number {
    for (const rule of rules) {
      const end = rule(this, reading, at);
      if (end !== -1) return end;
    }
    throw new Error(`Cannot read Markdown: no block begins at ${at}`);
  }
}

const blankLines: Rule = (_, { text, blocks }, at) => {
  if (text[at] !== "\n") return -1;
  const end = skipNewlines(text, at);
  if (end - at > 1) blocks.push({ kind: "blank" });
  return end;
};

const horizontalRule: Rule = (_, { text, blocks }, at) => {
  const end = ruleEnd(text, at);
  if (end !== -1) blocks.push({ kind: "rule" });
  return end;
};

const indented: Rule = (_, { text, blocks }, at) => {
  let end = at;
  while (text.startsWith("    ", end) && endOfLine(text, end) > end + 4) {
    end = skipNewlines(text, endOfLine(text, end));
  }
  if (end === at) return -1;
  blocks.push({ kind: "verbatim", text: text.slice(at, end).replace(/(?<=^|\n) {4}/g, "") });
  return end;
};

function findFence({ text, unclosed }: Reading, at: number): { text: string; end: number } | null {
  const opening = /^ *(`{3,}|~{3,}) *[^`\s]* *$/.exec(text.slice(at, endOfLine(text, at)));
  const mark = opening?.[1];
  if (mark === undefined || mark.length >= (unclosed.get(mark.charAt(0)) ?? Number.POSITIVE_INFINITY))
    return null;
  const found = fenceAt(text, at);
  if (found === null) unclosed.set(mark.charAt(0), mark.length);
  return found;
}

const fenced: Rule = (_, reading, at) => {
  const mark = reading.text[firstVisible(reading.text, at)];
  const found = mark === "`" || mark === "~" ? findFence(reading, at) : null;
  if (found === null) return -1;
  reading.blocks.push({ kind: "verbatim", text: found.text });
  return found.end;
};

const heading: Rule = (_, { text, blocks }, at) => {
  const found = text[firstVisible(text, at)] === "#" ? headingAt(text, at) : null;
  if (found === null) return -1;
  blocks.push({ kind: "heading", level: found.level, source: found.text, content: [] });
  return found.end;
};

const underlined: Rule = (_, { text, blocks }, at) => {
  const found = underlinedAt(text, at);
  if (found === null) return -1;
  blocks.push({ kind: "heading", level: found.level, source: found.text, content: [] });
  return found.end;
};

const bareTable: Rule = (_, { text }, at) => {
  const lineEnd = endOfLine(text, at);
  return text.slice(at, lineEnd).includes("|") ? bareTableEnd(text, at) : -1;
};

const pipedTable: Rule = (_, { text }, at) =>
  text[firstVisible(text, at)] === "|" ? pipedTableEnd(text, at) : -1;

const inset: Rule = (parser, { text, blocks }, at) => {
  let end = at;
  for (;;) {
    const caret = firstVisible(text, end);
    if (text[caret] !== "^" || endOfLine(text, caret) === caret + 1) break;
    end = endOfLine(text, caret);
    while (text[end] === "\n" && end + 1 < text.length && text[end + 1] !== "\n")
      end = endOfLine(text, end + 1);
    end = skipNewlines(text, end);
  }
  if (end === at) return -1;
  const source = text.slice(at, end);
  parser.insetDepth += 1;
  blocks.push({
    kind: "inset",
    blocks:
      parser.insetDepth > maximumDepth
        ? [paragraphOf(source)]
        : parser.parse(source.replace(/(?<=^|\n) *\^ ?/g, ""), documentRules),
  });
  parser.insetDepth -= 1;
  return end;
};

const list: Rule = (parser, { text, blocks }, at) => {
  const span = listAt(text, at, isDefinitionAt);
  if (span === null) return -1;
  const source = text.slice(at, span.end);
  parser.listDepth += 1;
  blocks.push({
    kind: "list",
    ordered: span.ordered,
    blocks:
      parser.listDepth > maximumDepth
        ? [{ kind: "item", blocks: [{ kind: "text", source, content: [] }] }]
        : listItems(source).map((item) => itemBlock(parser, item)),
  });
  parser.listDepth -= 1;
  return span.end;
};

function itemBlock(parser: BlockParser, { text, loose }: ListItem): Block {
  const blocks = parser.parse(text, itemRules);
  return { kind: "item", blocks: loose ? blocks.map(asParagraph) : blocks };
}

/** Text that stands alone is a paragraph, anywhere but in a tight list item. */
function asParagraph(block: Block): Block {
  return block.kind === "text" ? paragraphOf(block.source) : block;
}

function paragraphOf(source: string): Block {
  return { kind: "paragraph", source, content: [] };
}

const rawHtml: Rule = (_, { text, blocks, htmlEnds }, at) => {
  const visible = firstVisible(text, at);
  const found = text[visible] === "<" ? blockHtmlAt(text, at, visible, htmlEnds) : null;
  if (found === null) return -1;
  blocks.push({ kind: "verbatim", text: found.html });
  return found.end;
};

const linkDefinition: Rule = (parser, { text }, at) => {
  const found = text[firstVisible(text, at)] === "[" ? linkDefinitionAt(text, at) : null;
  if (found === null) return -1;
  parser.links.set(found.key, { url: found.url, title: found.title });
  return found.end;
};

const footnoteDefinition: Rule = (parser, { text, blocks }, at) => {
  const found = text.startsWith("[^", at) ? footnoteDefinitionAt(text, at) : null;
  if (found === null) return -1;
  if (!parser.footnoteKeys.has(found.key)) {
    parser.footnoteKeys.add(found.key);
    const body = parser.parse(outdentRest(found.text), footnoteRules).map(asParagraph);
    blocks.push({ kind: "footnote", key: found.key, blocks: body });
  }
  return found.end;
};

/** Takes from the lines after the first what the least indented of them has. */
function outdentRest(text: string): string {
  const [first = "", ...rest] = text.split("\n");
  const indents = rest.map((line) => line.length - line.trimStart().length).filter((indent) => indent > 0);
  const common = indents.reduce((least, indent) => Math.min(least, indent), indents[0] ?? 0);
  return [first, ...rest.map((line) => line.slice(common))].join("\n");
}

const paragraph: Rule = (_, reading, at) => {
  const { text, blocks } = reading;
  const hasFence = (line: number) => findFence(reading, line) !== null;
  let end = endOfLine(text, at);
  while (end + 1 < text.length && text[end + 1] !== "\n" && !interruptsParagraph(text, end + 1, hasFence)) {
    end = endOfLine(text, end + 1);
  }
  blocks.push(paragraphOf(text.slice(at, end)));
  return skipNewlines(text, end);
};

const lineOfText: Rule = (_, { text, blocks }, at) => {
  const end = endOfLine(text, at);
  const last = blocks.at(-1);
  const line = text.slice(at, end);
  if (last?.kind === "text") last.source += `\n${line}`;
  else blocks.push({ kind: "text", source: line, content: [] });
  return end;
};

const documentRules: readonly Rule[] = [
  blankLines,
  horizontalRule,
  indented,
  fenced,
  heading,
  bareTable,
  underlined,
  inset,
  list,
  rawHtml,
  linkDefinition,
  footnoteDefinition,
  pipedTable,
  paragraph,
];

const itemRules: readonly Rule[] = [
  blankLines,
  indented,
  fenced,
  underlined,
  horizontalRule,
  inset,
  list,
  rawHtml,
  lineOfText,
];

const footnoteRules: readonly Rule[] = [
  blankLines,
  indented,
  fenced,
  heading,
  bareTable,
  underlined,
  horizontalRule,
  inset,
  list,
  rawHtml,
  pipedTable,
  paragraph,
];

import type { Block, Inline, MarkdownTree } from "./markdown-tree.ts";

const width = 65;
const doubleUnderline = "=".repeat(width);
const underline = "-".repeat(width);
const rule = `${"=-".repeat((width - 1) / 2)}=`;

/** What the text part and the preheader write differently. */
interface TextStyle {
  heading(level: number, words: string): string;
  rule: string;
  link(words: string, title: string, url: string): string;
}

const textPart: TextStyle = {
  heading(level, words) {
    return level > 2 ? paragraph(words) : `\n\n\n${words}\n${level === 1 ? doubleUnderline : underline}`;
  },
  rule: paragraph(rule),
  link: (words, title, url) => `${words}${title}: ${url}`,
};

const preheader: TextStyle = {
  heading: (_, words) => paragraph(words),
  rule: "",
  link: (words, title) => `${words}${title}`,
};

/** Email Markdown as an email's text part, with entities still to be decoded (`spec/templates.md` 5.3). */
export function renderText({ blocks, footnotes }: MarkdownTree): string {
  return renderBlocks(blocks, textPart) + footnotes.map((note) => renderBlocks(note, textPart)).join("");
}

/**
 * Email Markdown as the words an inbox shows beside the subject: at least `enough` characters if there are as
 * many, and to the end of a block that whitespace follows.
 */
export function renderPreheader({ blocks, footnotes }: MarkdownTree, enough: number): string {
  let text = "";
  for (const block of blocks) {
    if (text.length >= enough && (block.kind === "paragraph" || block.kind === "heading")) return text;
    text += renderBlock(block, preheader);
  }
  return text + footnotes.map((note) => renderBlocks(note, preheader)).join("");
}

function renderBlocks(blocks: readonly Block[], style: TextStyle): string {
  let text = "";
  for (const block of blocks) text += renderBlock(block, style);
  return text;
}

function renderBlock(block: Block, style: TextStyle): string {
  switch (block.kind) {
    case "blank":
      return "\n";
    case "rule":
      return style.rule;
    case "verbatim":
      return block.text;
    case "heading":
      return style.heading(block.level, renderInline(block.content, style));
    case "paragraph":
      return paragraph(renderInline(block.content, style));
    case "text":
      return renderInline(block.content, style);
    case "inset":
      return renderBlocks(block.blocks, style);
    case "list":
      return renderList(block.ordered, block.blocks, style);
    case "item":
      return renderBlocks(block.blocks, style).trim();
    case "footnote":
      return "";
  }
}

function paragraph(words: string): string {
  return words.trim() === "" ? "" : `\n\n${words}`;
}

function renderList(ordered: boolean, blocks: readonly Block[], style: TextStyle): string {
  let text = "\n";
  let number = 0;
  for (const block of blocks) {
    number += 1;
    const words = renderBlock(block, style);
    text += block.kind === "item" ? `\n${ordered ? `${number}.` : "•"} ${words}` : words;
  }
  return text;
}

function renderInline(content: readonly Inline[], style: TextStyle): string {
  let text = "";
  for (const piece of content) text += typeof piece === "string" ? piece : renderPiece(piece, style);
  return text;
}

function renderPiece(piece: Exclude<Inline, string>, style: TextStyle): string {
  switch (piece.kind) {
    case "break":
      return "\n";
    case "url":
      return piece.url;
    case "link":
      return style.link(renderInline(piece.words, style), piece.title ? ` (${piece.title})` : "", piece.url);
  }
}

import type { Block, Inline, MarkdownTree } from "./markdown-tree.ts";
import { qrCodeData, typedLink } from "./qr-code.ts";

/** A letter's body as plain HTML, without attributes. A `<qr>` stands for each of the codes, in order. */
export interface LetterHtml {
  html: string;
  qrCodes: string[];
}

/** Letter Markdown as HTML (`spec/templates.md` 6.1). The source must have been escaped. `<hr>` breaks the page. */
export function renderLetterHtml({ blocks, footnotes }: MarkdownTree): LetterHtml {
  const qrCodes: string[] = [];
  const html = [blocks, ...footnotes].map((part) => renderBlocks(part, qrCodes)).join("");
  return { html, qrCodes };
}

function renderBlocks(blocks: readonly Block[], qrCodes: string[]): string {
  let html = "";
  for (const block of blocks) html += renderBlock(block, qrCodes);
  return html;
}

function renderBlock(block: Block, qrCodes: string[]): string {
  switch (block.kind) {
    case "blank":
      return "<br>";
    case "rule":
      return "<hr>";
    case "verbatim":
      return block.text;
    case "heading": {
      const words = renderInline(block.content);
      return block.level === 1 ? `<h2>${words}</h2>` : renderParagraph(words);
    }
    case "paragraph": {
      const data = qrCodeData(block.content);
      if (data === null) return renderParagraph(renderInline(block.content));
      qrCodes.push(data);
      return "<qr>";
    }
    case "text":
      return renderInline(block.content);
    case "inset":
      return renderBlocks(block.blocks, qrCodes);
    case "list": {
      const tag = block.ordered ? "ol" : "ul";
      return `<${tag}>${renderBlocks(block.blocks, qrCodes)}</${tag}>`;
    }
    case "item":
      return `<li>${renderBlocks(block.blocks, qrCodes).trim()}</li>`;
    case "footnote":
      return "";
  }
}

function renderParagraph(words: string): string {
  return words.trim() === "" ? "" : `<p>${words}</p>`;
}

function renderInline(content: readonly Inline[]): string {
  return content.map(renderPiece).join("");
}

function renderPiece(piece: Inline): string {
  if (typeof piece === "string") return piece;
  switch (piece.kind) {
    case "break":
      return "<br>";
    case "url":
      return `<strong>${piece.url.replace(/^https?:\/\//, "")}</strong>`;
    case "link":
      return typedLink(renderInline(piece.words), piece);
  }
}

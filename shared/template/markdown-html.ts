import { emailLink } from "./email-link.ts";
import type { Block, Inline, MarkdownTree } from "./markdown-tree.ts";

// The case of `Margin` is Notify's: Outlook.com drops `margin`.
const text = "font-size: 19px; line-height: 25px; color: #0B0C0C;";
const heading = "Margin: 0 0 15px 0; padding: 10px 0 0 0;";
const listTable =
  '<table role="presentation" style="padding: 0 0 20px 0;"><tr>' +
  '<td style="font-family: Helvetica, Arial, sans-serif;">';

const styledTags: ReadonlyMap<string, string> = new Map([
  ["p", `<p style="Margin: 0 0 20px 0; ${text}"`],
  ["h2", `<h2 style="${heading} font-size: 27px; line-height: 35px; font-weight: bold; color: #0B0C0C;"`],
  ["h3", `<h3 style="${heading} font-size: 19px; line-height: 25px; font-weight: bold; color: #0B0C0C;"`],
  ["hr", '<hr style="border: 0; height: 1px; background: #B1B4B6; Margin: 30px 0 30px 0;"'],
  ["ol", `${listTable}<ol style="Margin: 0 0 0 20px; padding: 0; list-style-type: decimal;"`],
  ["ul", `${listTable}<ul style="Margin: 0 0 0 20px; padding: 0; list-style-type: disc;"`],
  ["li", `<li style="Margin: 5px 0 5px; padding: 0 0 0 5px; ${text}"`],
  [
    "blockquote",
    '<div style="Margin: 0 0 20px 0;"><blockquote style="Margin: 0; border-left: 10px solid #B1B4B6; ' +
      'padding: 15px 0 0.1px 15px; font-size: 19px; line-height: 25px;"',
  ],
  ["a", '<a style="word-wrap: break-word; color: #1D70B8;"'],
]);

/** Writes the styles into what `renderHtml` made. */
export function addStyles(html: string): string {
  return html.replace(/<([a-z]+\d?) {2}s/g, (tag, name: string) => styledTags.get(name) ?? tag);
}

/**
 * Email Markdown as HTML (`spec/templates.md` 5.3). The source must have been escaped. Where a style belongs
 * stands `  s`, for `addStyles`: typography goes over every character, and styles would be most of them. The
 * two spaces keep words apart as the style will.
 */
export function renderHtml({ blocks, footnotes }: MarkdownTree): string {
  return renderBlocks(blocks) + footnotes.map(renderBlocks).join("");
}

function renderBlocks(blocks: readonly Block[]): string {
  let html = "";
  for (const block of blocks) html += renderBlock(block);
  return html;
}

function renderBlock(block: Block): string {
  switch (block.kind) {
    case "blank":
      return "<br>";
    case "rule":
      return "<hr  s>";
    case "verbatim":
      return block.text;
    case "heading":
      return renderHeading(block.level, renderInline(block.content));
    case "paragraph":
      return renderParagraph(renderInline(block.content));
    case "text":
      return renderInline(block.content);
    case "inset":
      return `<blockquote  s>${renderBlocks(block.blocks)}</blockquote></div>`;
    case "list":
      return renderList(block.ordered ? "ol" : "ul", renderBlocks(block.blocks));
    case "item":
      return `<li  s>${renderBlocks(block.blocks).trim()}</li>`;
    case "footnote":
      return "";
  }
}

function renderHeading(level: number, words: string): string {
  if (level > 2) return renderParagraph(words);
  const tag = level === 1 ? "h2" : "h3";
  return `<${tag}  s>${words}</${tag}>`;
}

function renderParagraph(words: string): string {
  return words.trim() === "" ? "" : `<p  s>${words}</p>`;
}

function renderList(tag: "ol" | "ul", items: string): string {
  return `<${tag}  s>${items}</${tag}></td></tr></table>`;
}

function renderInline(content: readonly Inline[]): string {
  let html = "";
  for (const piece of content) html += typeof piece === "string" ? piece : renderPiece(piece);
  return html;
}

function renderPiece(piece: Exclude<Inline, string>): string {
  switch (piece.kind) {
    case "break":
      return "<br>";
    case "url":
      return `<a  s href="${emailLink(piece.url)}">${piece.url}</a>`;
    case "link": {
      // Notify leaves quotes in titles, which lets a value add attributes.
      const title = piece.title ? ` title="${piece.title.replaceAll('"', "&quot;")}"` : "";
      return `<a  s href="${emailLink(piece.url)}"${title}>${renderInline(piece.words)}</a>`;
    }
  }
}

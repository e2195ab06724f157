import { decodeEntities } from "../text/html.ts";
import { fillLetterText, letterBodyStyle } from "./letter-fill.ts";
import { parseMarkdown } from "./markdown-inline.ts";
import type { Block, Inline } from "./markdown-tree.ts";
import type { CompiledContent, Personalisation } from "./placeholders.ts";

/** What fits into a code that a camera still reads when it is printed 84 points wide. */
export const maximumQrCodeBytes = 504;

/** A QR code's data, and how long it is in UTF-8. */
export interface QrCode {
  data: string;
  numBytes: number;
}

/**
 * The first QR code of a letter that would hold too much, or null. A placeholder without a value counts as it is
 * typed, so that a template can be checked with no values. What is too long to be printed is not read to its end.
 */
export function oversizedQrCode(
  { compiledContent }: { compiledContent: CompiledContent },
  personalisation: Personalisation,
): QrCode | null {
  const { text } = fillLetterText(contentOf(compiledContent), personalisation, letterBodyStyle);
  // Most letters have none, and need not be read for that.
  if (!/qr\s*:/i.test(text)) return null;
  const { blocks, footnotes } = parseMarkdown(`${text}\n`);
  for (const data of qrCodesIn([...blocks, ...footnotes.flat()])) {
    const numBytes = new TextEncoder().encode(data).length;
    if (numBytes > maximumQrCodeBytes) return { data, numBytes };
  }
  return null;
}

/** What a paragraph that begins `qr:` asks to have drawn, as it was typed; null for any other. */
export function qrCodeData(content: readonly Inline[]): string | null {
  const typed = typedText(content);
  const start = /^\s*qr\s*:\s*/i.exec(typed);
  const data = start === null ? "" : typed.slice(start[0].length).trim();
  return data === "" ? null : decodeEntities(data);
}

function contentOf({ literals, placeholders }: CompiledContent): string {
  return literals.map((literal, at) => literal + (placeholders[at]?.source ?? "")).join("");
}

function* qrCodesIn(blocks: readonly Block[]): Generator<string> {
  for (const block of blocks) {
    if (block.kind === "paragraph") {
      const data = qrCodeData(block.content);
      if (data !== null) yield data;
    } else if ("blocks" in block && block.kind !== "footnote") {
      yield* qrCodesIn(block.blocks);
    }
  }
}

function typedText(content: readonly Inline[]): string {
  return content.map(typedPiece).join("");
}

function typedPiece(piece: Inline): string {
  if (typeof piece === "string") return piece;
  switch (piece.kind) {
    case "break":
      return "\n";
    case "url":
      return piece.url;
    case "link":
      return typedLink(typedText(piece.words), piece);
  }
}

/** A link in a letter is printed as it was typed. */
export function typedLink(words: string, { url, title }: { url: string; title: string | null }): string {
  return `[${words}](${url}${title ? ` "${title}"` : ""})`;
}

import {
  cmyk,
  PDFDocument as Documents,
  type PDFDocument,
  type PDFFont,
  type PDFPage,
} from "@cantoo/pdf-lib";
import { openPdfium } from "../../../../worker/letters/pdfium/pdfium.ts";
import {
  type Prepared,
  type PrepareTools,
  prepareLetter,
} from "../../../../worker/letters/precompiled/prepare.ts";
import { loadFonts } from "../../../../worker/letters/render/fonts.ts";

export const pointsPerMm = 72 / 25.4;
export const a4 = { width: 210, height: 297 };

export interface Drawing {
  document: PDFDocument;
  page: PDFPage;
  font: PDFFont;
  /** Black, in millimetres from the top left. */
  box(place: { left: number; right: number; top: number; bottom: number }): void;
  /** Lines, the first one's baseline so far down. */
  write(text: string, place: { left: number; top: number; size?: number; leading?: number }): void;
}

export interface LetterPdf {
  pages?: number;
  address?: readonly string[];
  /** In millimetres. */
  size?: { width: number; height: number };
  draw?(drawing: Drawing, page: number): void | Promise<void>;
}

export const address = ["Ms A Sample", "1 High Street", "Leeds", "LS1 4AP"];

/** A letter as an office program makes it, in Helvetica, with its address in the window. */
export async function letterPdf(given: LetterPdf = {}): Promise<Uint8Array<ArrayBuffer>> {
  const document = await letterDocument(given);
  return new Uint8Array(await document.save());
}

export async function letterDocument({
  pages = 1,
  size = a4,
  draw,
  ...given
}: LetterPdf = {}): Promise<PDFDocument> {
  const document = await Documents.create({ updateMetadata: false });
  const font = await document.embedFont("Helvetica");
  for (let index = 0; index < pages; index += 1) {
    const page = document.addPage([size.width * pointsPerMm, size.height * pointsPerMm]);
    const drawing = drawingOn(document, page, font);
    if (index === 0) drawing.write((given.address ?? address).join("\n"), { left: 30, top: 44 });
    drawing.write("Dear Ms Sample", { left: 20, top: 110 });
    await draw?.(drawing, index);
  }
  return document;
}

function drawingOn(document: PDFDocument, page: PDFPage, font: PDFFont): Drawing {
  const height = page.getHeight();
  return {
    document,
    page,
    font,
    box({ left, right, top, bottom }) {
      page.drawRectangle({
        x: left * pointsPerMm,
        y: height - bottom * pointsPerMm,
        width: (right - left) * pointsPerMm,
        height: (bottom - top) * pointsPerMm,
        color: cmyk(0, 0, 0, 1),
      });
    },
    write(text, { left, top, size = 9, leading = 10 }) {
      const [x, y] = [left * pointsPerMm, height - top * pointsPerMm];
      page.drawText(text, { x, y, size, lineHeight: leading, font });
    },
  };
}

let tools: Promise<PrepareTools> | undefined;

/** Checks and rewrites in this process. */
export async function prepare(
  pdf: Uint8Array,
  { allowsInternational = false }: { allowsInternational?: boolean } = {},
): Promise<Prepared> {
  tools ??= openPdfium().then((pdfium) => ({ pdfium, font: loadFonts().regular }));
  return await prepareLetter(pdf, { allowsInternational }, await tools);
}

/** `valid`, or the code and pages of the refusal. */
export async function verdictOn(
  pdf: Uint8Array,
  permissions?: { allowsInternational?: boolean },
): Promise<string> {
  const prepared = await prepare(pdf, permissions);
  if (prepared.outcome === "valid") return "valid";
  return [prepared.code, ...prepared.pages].join(" ");
}

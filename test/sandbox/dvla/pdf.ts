import type { PdfiumCharacter } from "../../../worker/letters/pdfium/page.ts";
import { openPdfium, type Pdfium, type PdfiumFile } from "../../../worker/letters/pdfium/pdfium.ts";
import { pngOf } from "./png.ts";

export interface LetterText {
  pages: number;
  /** What shows in the envelope's window, its lines joined by commas; empty where nothing does. */
  address: string;
  /** Of all pages, line by line. */
  text: string;
}

/** Shows and reads PDFs as they came. What is no PDF has no pages. */
export interface PdfReader {
  /** As PNG; null where there is no such page. Counts from 1. */
  picture(pdf: Uint8Array, page: number): Promise<Uint8Array<ArrayBuffer> | null>;
  read(pdf: Uint8Array): Promise<LetterText>;
}

/** Pixels for a point: 108 to the inch. */
const scale = 1.5;
const pointsPerMm = 72 / 25.4;
/** Where the envelope's window is, from the left and the top of the page (letters.md 2.3). */
const window = {
  left: 24.6 * pointsPerMm,
  right: 120 * pointsPerMm,
  top: 39.5 * pointsPerMm,
  bottom: 66.3 * pointsPerMm,
};

/** PDFium is loaded when it is first needed. */
export function createPdfReader(): PdfReader {
  let pdfium: Promise<Pdfium> | null = null;

  async function use<T>(pdf: Uint8Array, none: T, work: (file: PdfiumFile) => T): Promise<T> {
    pdfium ??= openPdfium();
    try {
      using file = (await pdfium).open(pdf);
      return file === null ? none : work(file);
    } catch {
      // What PDFium dies of is no PDF either; and it does not rise again.
      pdfium = null;
      return none;
    }
  }

  return {
    picture: (pdf, number) =>
      use(pdf, null, (file) => {
        using page = number <= file.pageCount ? file.page(number - 1) : null;
        if (!page) return null;
        const size = { width: Math.round(page.width * scale), height: Math.round(page.height * scale) };
        return pngOf(page.render(size), size);
      }),
    read: (pdf) =>
      use(pdf, { pages: 0, address: "", text: "" }, (file) => {
        const pages = Array.from({ length: file.pageCount }, (_, index) => {
          using page = file.page(index);
          return page ? { height: page.height, characters: page.characters() } : null;
        }).filter((page) => page !== null);
        const [first] = pages;
        const address = first?.characters.filter((character) => isInWindow(character, first.height)) ?? [];
        return {
          pages: file.pageCount,
          address: linesOf(address).join(", "),
          text: pages.flatMap(({ characters }) => linesOf(characters)).join("\n"),
        };
      }),
  };
}

/** A character that begins a little before the window counts. */
function isInWindow({ left, right, baseline }: PdfiumCharacter, height: number): boolean {
  const fromTop = height - baseline;
  return right >= window.left && left < window.right && fromTop >= window.top && fromTop < window.bottom;
}

/** A new line begins where the baseline moves. */
function linesOf(characters: readonly PdfiumCharacter[]): string[] {
  const lines: string[] = [];
  let baseline: number | null = null;
  for (const character of characters) {
    if (baseline === null || Math.abs(character.baseline - baseline) > 1) lines.push("");
    baseline = character.baseline;
    lines[lines.length - 1] += character.text;
  }
  return lines.map((line) => line.trim()).filter((line) => line !== "");
}

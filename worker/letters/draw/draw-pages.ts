import type { PdfiumPage } from "../pdfium/page.ts";
import type { Pdfium } from "../pdfium/pdfium.ts";
import type { DrawAnswer, DrawRequest } from "./messages.ts";
import { markFault } from "./overlay.ts";
import { crossedOut, type Picture, withGreys } from "./picture.ts";
import { writePng } from "./png.ts";

const dotsAnInch = 120;
/** To a side: what is larger than a letter is drawn smaller. */
const mostDots = 2000;
/** A letter's, for a page that cannot be read. */
const a4 = { width: 992, height: 1403 };

/** Pictures of some of a PDF's pages, on white, with what is wrong with the letter in red where that is given. */
export function drawPages(
  pdfium: Pdfium,
  { pdf, firstPage, mostPages, fault }: Omit<DrawRequest, "id">,
): DrawAnswer {
  const opened = pdfium.openToShow(pdf);
  if (typeof opened === "string") return { outcome: "undrawable", fault: opened, reason: null };
  using file = opened;
  const pictures: Uint8Array<ArrayBuffer>[] = [];
  const end = Math.min(file.pageCount, firstPage - 1 + mostPages);
  for (let index = firstPage - 1; index < end; index += 1) {
    using page = file.page(index);
    const picture = page ? pictureOf(page) : crossedOut(a4);
    withGreys(picture, fault ? 32 : 256);
    if (fault) markFault(picture, fault, { page, index });
    pictures.push(writePng(picture));
  }
  return { outcome: "drawn", pages: file.pageCount, pictures };
}

function pictureOf(page: PdfiumPage): Picture {
  const longest = Math.max(page.width, page.height);
  // Pages may be of no size at all, or longer than any paper.
  if (!(longest > 0)) return crossedOut(a4);
  const dotsPerPoint = Math.min(dotsAnInch / 72, mostDots / longest);
  const size = {
    width: Math.max(1, Math.round(page.width * dotsPerPoint)),
    height: Math.max(1, Math.round(page.height * dotsPerPoint)),
  };
  return { ...size, pixels: page.render(size) };
}

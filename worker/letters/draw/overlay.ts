import type { PdfiumPage } from "../pdfium/page.ts";
import {
  type Area,
  addressWindow,
  isA4Portrait,
  pointsPerMm,
  printableAreas,
  tagBox,
} from "../precompiled/geometry.ts";
import { cellDots, dotsPerMm, findInk, spansOutside } from "../precompiled/ink.ts";
import { mostPages, type RefusalCode } from "../precompiled/refusal.ts";
import { type Box, type Picture, tint } from "./picture.ts";

/** Why a letter cannot be printed. */
export interface LetterFault {
  code: RefusalCode;
  /** From 1; null where it is not known of which pages it is. */
  pages: readonly number[] | null;
}

const faint = 0.2;
const strong = 0.5;
const line = { share: 0.85, dots: 3 };

/**
 * Draws over a page what is wrong with its letter: where nothing may be printed and what stands there all the same, the
 * address, the tag, or the page itself. `page` is null where it cannot be read; `index` counts from 0.
 */
export function markFault(
  picture: Picture,
  { code, pages }: LetterFault,
  { page, index }: { page: PdfiumPage | null; index: number },
): void {
  const whole: Box = { left: 0, right: picture.width, top: 0, bottom: picture.height };
  if (code === "letter-too-long") {
    if (index >= mostPages) tint(picture, whole, faint);
    return;
  }
  if (pages && !pages.includes(index + 1)) return;
  switch (code) {
    case "unable-to-read-the-file":
      if (pages) tint(picture, whole, faint);
      return;
    case "letter-not-a4-portrait-oriented":
      tint(picture, whole, faint);
      return;
    case "content-outside-printable-area":
      if (page) markInk(picture, page, index);
      return;
    case "notify-tag-found-in-content":
      outline(picture, boxOf(tagBox, scaleOf(picture, page)));
      return;
    default:
      outline(picture, boxOf(addressWindow, scaleOf(picture, page)));
  }
}

/** Dots of the picture to a millimetre of the page. */
function scaleOf({ width }: Picture, page: PdfiumPage | null): number {
  return width / (page ? widthMm(page) : a4Mm);
}

const a4Mm = 210;

/**
 * PDFium does not know of pages whose unit is not a point: one whose size no letter has, though its shape was not what
 * was wrong, is A4 all the same.
 */
function widthMm(page: PdfiumPage): number {
  return isA4Portrait(page) ? page.width / pointsPerMm : a4Mm;
}

function boxOf({ left, right, top, bottom }: Area, scale: number): Box {
  return { left: left * scale, right: right * scale, top: top * scale, bottom: bottom * scale };
}

function outline(picture: Picture, { left, right, top, bottom }: Box): void {
  const { share, dots } = line;
  tint(picture, { left, right, top, bottom }, faint);
  tint(picture, { left, right, top, bottom: top + dots }, share);
  tint(picture, { left, right, top: bottom - dots, bottom }, share);
  tint(picture, { left, right: left + dots, top, bottom }, share);
  tint(picture, { left: right - dots, right, top, bottom }, share);
}

/** By the exact lines; what is looked for is by those that the check is content with (`spec/letters.md` 2.3). */
function markInk(picture: Picture, page: PdfiumPage, index: number): void {
  const scale = scaleOf(picture, page);
  const cells = inkedCells(page, index);
  if (cells.length === 0) return;
  tintOutside(
    picture,
    printableAreas(index).map((area) => boxOf(area, scale)),
  );
  const side = (cellDots / dotsPerMm) * scale;
  for (const { column, row } of cells) {
    const box = {
      left: column * side,
      right: (column + 1) * side,
      top: row * side,
      bottom: (row + 1) * side,
    };
    tint(picture, box, strong);
  }
}

/** Everything but these boxes. */
function tintOutside(picture: Picture, boxes: readonly Box[]): void {
  const { width, height } = picture;
  const edges = [0, height, ...boxes.flatMap(({ top, bottom }) => [Math.round(top), Math.round(bottom)])];
  const rows = [...new Set(edges)].sort((a, b) => a - b);
  for (const [at, top] of rows.entries()) {
    const bottom = rows[at + 1];
    if (bottom === undefined) return;
    const here = boxes.filter((box) => Math.round(box.top) <= top && Math.round(box.bottom) >= bottom);
    let left = 0;
    for (const box of [...here.sort((a, b) => a.left - b.left), { left: width, right: width }]) {
      if (box.left > left) tint(picture, { left, right: box.left, top, bottom }, faint);
      left = Math.max(left, box.right);
    }
  }
}

interface Cell {
  column: number;
  row: number;
}

/** Small squares with ink where none may be, and those around them, so that a single dot is seen. */
function inkedCells(page: PdfiumPage, index: number): Cell[] {
  const width = Math.round(widthMm(page) * dotsPerMm);
  const size = { width, height: Math.round((width * page.height) / page.width) };
  const raster = { ...size, pixels: page.render(size) };
  const words = new Uint32Array(raster.pixels.buffer);
  const found = new Map<string, Cell>();
  for (const { from, to } of spansOutside(raster, index)) {
    for (let at = findInk(words, from, to); at !== null; at = findInk(words, at, to)) {
      const [x, y] = [at % raster.width, Math.floor(at / raster.width)];
      const [column, row] = [Math.floor(x / cellDots), Math.floor(y / cellDots)];
      for (const besideX of [-1, 0, 1]) {
        for (const besideY of [-1, 0, 1]) {
          const cell = { column: column + besideX, row: row + besideY };
          found.set(`${cell.column} ${cell.row}`, cell);
        }
      }
      // On from the next square.
      at += (column + 1) * cellDots - x;
    }
  }
  return [...found.values()];
}

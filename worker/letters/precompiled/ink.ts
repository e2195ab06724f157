import type { PdfiumPage } from "../pdfium/page.ts";
import { type Area, graceMm, grown, printableAreas, tagBox } from "./geometry.ts";

export const dotsPerMm = 200 / 25.4;

export interface Raster {
  width: number;
  height: number;
  /** Four bytes each: blue, green, red and one unused. */
  pixels: Uint8Array<ArrayBuffer>;
}

/** 200 dots an inch: finer than what people and printers see as a margin. */
export function rasterOf(page: PdfiumPage): Raster {
  const width = Math.round((page.width / 72) * 200);
  const height = Math.round((page.height / 72) * 200);
  return { width, height, pixels: page.render({ width, height }) };
}

/** Whether anything but pure white stands where nothing is printed; `page` counts from 0. */
export function hasInkOutside(raster: Raster, page: number): boolean {
  const words = new Uint32Array(raster.pixels.buffer);
  for (const { from, to } of spansOutside(raster, page)) if (findInk(words, from, to) !== null) return true;
  return false;
}

interface Span {
  /** Dots, counted along one row after the other. */
  from: number;
  to: number;
}

/** Where nothing is printed, row by row. */
export function* spansOutside({ width, height }: Raster, page: number): Generator<Span> {
  const areas = printableAreas(page).map((area) => grown(area, graceMm));
  for (let row = 0; row < height; row += 1) {
    // A dot that an area touches is left to it.
    const spans = areas
      .filter(({ top, bottom }) => row + 1 > top * dotsPerMm && row < bottom * dotsPerMm)
      .map(({ left, right }) => [Math.floor(left * dotsPerMm), Math.ceil(right * dotsPerMm)] as const)
      .sort((a, b) => a[0] - b[0]);
    let from = 0;
    for (const [left, right] of [...spans, [width, width] as const]) {
      const to = Math.min(left, width);
      if (to > from) yield { from: row * width + from, to: row * width + to };
      from = Math.max(from, right);
    }
  }
}

const white = 0xffffff;

/** The first dot of a span that is not pure white; null where all are. */
export function findInk(words: Uint32Array, from: number, to: number): number | null {
  for (let at = from; at < to; at += 1) if (((words[at] ?? white) & white) !== white) return at;
  return null;
}

/** Dots to a side: some 1.5 mm, a small letter. */
export const cellDots = 12;
/** Of 255. Black alone is no deep black, and colours of ink are duller: both stay below. */
const changedBy = 64;

/** How much of each cell of a page is covered with whatever ink, up to 255. */
export interface InkMap {
  columns: number;
  cells: Uint8Array;
}

export function inkMapOf(raster: Raster): InkMap {
  const columns = Math.ceil(raster.width / cellDots);
  const cells = new Uint8Array(columns * Math.ceil(raster.height / cellDots));
  for (const at of cells.keys()) {
    cells[at] = inkOf(raster, (at % columns) * cellDots, Math.floor(at / columns) * cellDots);
  }
  return { columns, cells };
}

function inkOf({ width, height, pixels }: Raster, left: number, top: number): number {
  const [right, bottom] = [Math.min(left + cellDots, width), Math.min(top + cellDots, height)];
  let ink = 0;
  for (let row = top; row < bottom; row += 1) {
    for (let at = (row * width + left) * 4; at < (row * width + right) * 4; at += 4) {
      ink += 255 - Math.min(pixels[at] ?? 255, pixels[at + 1] ?? 255, pixels[at + 2] ?? 255);
    }
  }
  return ink / ((right - left) * (bottom - top));
}

/**
 * Whether two pictures of one page show the same, apart from `except`. They need not be equal: colours are other inks
 * now, and a font may be another of the same widths. No letter may be missing, none be where there was none.
 */
export function looksAlike(before: InkMap, after: InkMap, except: readonly Area[]): boolean {
  if (before.columns !== after.columns || before.cells.length !== after.cells.length) return false;
  const cellMm = cellDots / dotsPerMm;
  const holes = [tagBox, ...except].map((area) => grown(area, cellMm));
  return before.cells.every((ink, at) => {
    if (Math.abs(ink - (after.cells[at] ?? 0)) <= changedBy) return true;
    const [x, y] = [(at % before.columns) * cellMm, Math.floor(at / before.columns) * cellMm];
    return holes.some((hole) => x > hole.left && x < hole.right && y > hole.top && y < hole.bottom);
  });
}

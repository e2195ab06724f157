import {
  PDFDict,
  PDFDocument,
  PDFName,
  PDFNumber,
  PDFObjectCopier,
  type PDFPage,
  type PDFPageLeaf,
} from "@cantoo/pdf-lib";
import type { Operation } from "./content/content.ts";
import { operation } from "./content/content.ts";
import { parseContent } from "./content/parse.ts";
import { contentStream, decodedContents } from "./content/streams.ts";
import { isA4Portrait } from "./geometry.ts";
import { tidyForms, withoutHints } from "./hints.ts";
import { neededResources } from "./needed.ts";

export interface Normalised {
  /** Its pages begin at 0 0, are upright and unscaled, and have one content stream each. Nothing else is in it. */
  document: PDFDocument;
  pageCount: number;
  /** From 1: pages that do not show as A4 upright. */
  misshapen: number[];
}

/**
 * Makes a new document of a file's pages, and of what they show alone: forms to fill in, scripts, attachments, notes
 * and metadata stay behind. Pages past `mostPages` are counted but not taken over. Throws on what is no PDF.
 */
export async function normalise(pdf: Uint8Array, mostPages: number): Promise<Normalised> {
  const source = await PDFDocument.load(pdf, { updateMetadata: false });
  const pages = source.getPages();
  const document = await PDFDocument.create({ updateMetadata: false });
  const copier = PDFObjectCopier.for(source.context, document.context);
  const misshapen: number[] = [];
  for (const [index, page] of pages.slice(0, mostPages).entries()) {
    const place = placeOf(page);
    if (!isA4Portrait(place)) misshapen.push(index + 1);
    const { context } = document;
    const added = document.addPage([place.width, place.height]);
    // A leaf of `pdf-lib` fills in what it lacks when it is looked at: only its own entries count here.
    const operations = withoutHints(balanced(parseContent(decodedContents(page.node))));
    const upright = [operation("q"), operation("cm", ...place.matrix), ...operations, operation("Q")];
    added.node.set(PDFName.of("Contents"), context.register(contentStream(context, upright)));
    const resources = page.node.Resources();
    const needed = resources ? copier.copy(neededResources(operations, resources)) : context.obj({});
    added.node.set(PDFName.of("Resources"), needed);
    const group = page.node.lookup(PDFName.of("Group"));
    if (group instanceof PDFDict) added.node.set(PDFName.of("Group"), copier.copy(group));
  }
  tidyForms(document.context);
  // Which layers show: without it all do.
  const layers = source.catalog.lookup(PDFName.of("OCProperties"));
  if (layers instanceof PDFDict) document.catalog.set(PDFName.of("OCProperties"), copier.copy(layers));
  return { document, pageCount: pages.length, misshapen };
}

interface Place {
  width: number;
  height: number;
  /** From the page's own coordinates to those of the upright page. */
  matrix: readonly number[];
}

function placeOf(page: PDFPage): Place {
  const { node } = page;
  const box = shownBox(page);
  const unit = numberAt(node, "UserUnit") ?? 1;
  const [width, height] = [(box.right - box.left) * unit, (box.top - box.bottom) * unit];
  const { left, right, top, bottom } = box;
  switch ((((node.Rotate()?.asNumber() ?? 0) % 360) + 360) % 360) {
    case 90:
      return { width: height, height: width, matrix: [0, -unit, unit, 0, -bottom * unit, right * unit] };
    case 180:
      return { width, height, matrix: [-unit, 0, 0, -unit, right * unit, top * unit] };
    case 270:
      return { width: height, height: width, matrix: [0, unit, -unit, 0, top * unit, -left * unit] };
    default:
      return { width, height, matrix: [unit, 0, 0, unit, -left * unit, -bottom * unit] };
  }
}

/** The part of its paper that a page shows, in its own coordinates. */
function shownBox(page: PDFPage) {
  const [media, crop] = [cornersOf(page.getMediaBox()), cornersOf(page.getCropBox())];
  return {
    left: Math.max(media.left, crop.left),
    right: Math.min(media.right, crop.right),
    bottom: Math.max(media.bottom, crop.bottom),
    top: Math.min(media.top, crop.top),
  };
}

/** Boxes may be written from any corner. */
function cornersOf({ x, y, width, height }: { x: number; y: number; width: number; height: number }) {
  return {
    left: Math.min(x, x + width),
    right: Math.max(x, x + width),
    bottom: Math.min(y, y + height),
    top: Math.max(y, y + height),
  };
}

function numberAt(node: PDFPageLeaf, name: string): number | null {
  const value = node.lookup(PDFName.of(name));
  return value instanceof PDFNumber && value.asNumber() > 0 ? value.asNumber() : null;
}

/** Without a `Q` that nothing opened, which would undo what is put round it; what was left open is closed. */
function balanced(operations: readonly Operation[]): Operation[] {
  const kept: Operation[] = [];
  let depth = 0;
  let inText = false;
  for (const one of operations) {
    if (one.operator === "Q" && depth === 0) continue;
    if (one.operator === "q") depth += 1;
    if (one.operator === "Q") depth -= 1;
    if (one.operator === "BT" || one.operator === "ET") inText = one.operator === "BT";
    kept.push(one);
  }
  if (inText) kept.push(operation("ET"));
  return [...kept, ...Array.from({ length: depth }, () => operation("Q"))];
}

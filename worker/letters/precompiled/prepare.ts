import { type PostalAddress, parsePostalAddress } from "../../../shared/recipient/postal-address.ts";
import type { Pdfium, PdfiumFile } from "../pdfium/pdfium.ts";
import type { LetterFont } from "../render/fonts.ts";
import { linesOf } from "./address.ts";
import { type CheckedPage, charactersIn, checkPages, hasTag, lookAt, type Verdict } from "./check.ts";
import { addressSearch } from "./geometry.ts";
import { looksAlike } from "./ink.ts";
import { normalise } from "./normalise.ts";
import { mostPages, type RefusalCode } from "./refusal.ts";
import { rewrite } from "./rewrite/rewrite.ts";
import { canWrite } from "./rewrite/stamp.ts";

export type Prepared =
  | {
      outcome: "valid";
      /** As it is printed. */
      pdf: Uint8Array<ArrayBuffer>;
      pages: number;
      address: PostalAddress;
      /** Pages that became pictures, from 1, and why. */
      redrawn: { page: number; reason: string }[];
      /** Whether page 1 keeps the address it came with, as the font has no pictures of some of its letters. */
      keptAddress: boolean;
    }
  | {
      outcome: "refused";
      code: RefusalCode;
      /** From 1; empty where it is not of certain pages. */
      pages: number[];
      /** Null where nobody can tell. */
      pageCount: number | null;
    };

/** It could be read, but not be made fit to print. */
export class UnfitLetter extends Error {}

export interface PrepareTools {
  pdfium: Pdfium;
  font: LetterFont;
}

/**
 * Checks a precompiled letter by every rule of `spec/letters.md` 2.4, and makes what is printed of it (2.5). What is
 * checked is what will be printed: notes are drawn in, pages are set upright, and nothing else of the file is kept.
 * Throws where the file cannot be read in some way that no library names.
 */
export async function prepareLetter(
  pdf: Uint8Array,
  permissions: { allowsInternational: boolean },
  tools: PrepareTools,
): Promise<Prepared> {
  const flat = flattened(tools.pdfium, pdf);
  if (!(flat instanceof Uint8Array)) return flat;
  const { document, pageCount, misshapen } = await normalise(flat, mostPages);
  if (pageCount === 0) return refused("unable-to-read-the-file", 0);
  if (pageCount > mostPages) return refused("letter-too-long", pageCount);
  if (misshapen.length > 0) return refused("letter-not-a4-portrait-oriented", pageCount, misshapen);

  const plain = await document.save({ useObjectStreams: false, updateFieldAppearances: false });
  using file = tools.pdfium.open(plain);
  if (file === null) return refused("unable-to-read-the-file", pageCount);
  const verdict = checkPages(file, permissions);
  if (verdict.outcome === "refused") return refused(verdict.code, pageCount, verdict.pages);
  return await fitToPrint(plain, { file, verdict, tools });
}

function refused(code: RefusalCode, pageCount: number | null, pages: number[] = []): Prepared {
  return { outcome: "refused", code, pages, pageCount };
}

/** The file with its notes drawn in, or why not. */
function flattened(pdfium: Pdfium, pdf: Uint8Array): Uint8Array | Prepared {
  using file = pdfium.open(pdf);
  if (file === null) return refused("unable-to-read-the-file", null);
  const { pageCount } = file;
  if (pageCount > mostPages) return refused("letter-too-long", pageCount);
  for (let index = 0; index < pageCount; index += 1) {
    using page = file.page(index);
    if (page === null) return refused("unable-to-read-the-file", pageCount, [index + 1]);
    page.flatten();
  }
  return file.save();
}

interface Fitting {
  file: PdfiumFile;
  verdict: Extract<Verdict, { outcome: "valid" }>;
  tools: PrepareTools;
}

/** Pages that came out otherwise than they went in are drawn as pictures, and all is looked at again. */
async function fitToPrint(plain: Uint8Array, { file, verdict, tools }: Fitting): Promise<Prepared> {
  const { pages, address, hasTag: hadTag } = verdict;
  const keptAddress = !canWrite(address.lines, tools.font);
  const redraw = new Map<number, string>();
  for (;;) {
    const pdf = await rewrite(plain, {
      ...tools,
      file,
      redraw,
      address: keptAddress ? null : address.lines,
      hasTag: hadTag,
    });
    using result = tools.pdfium.open(pdf);
    const after = result && lookAt(result);
    if (!after) throw new UnfitLetter("What was made of it cannot be read");
    const faults = Array.from(pages.keys()).filter((index) => fault(index, after) !== null);
    if (faults.length === 0) {
      const redrawn = Array.from(redraw, ([index, reason]) => ({ page: index + 1, reason }));
      return { outcome: "valid", pdf, pages: pages.length, address, redrawn, keptAddress };
    }
    for (const index of faults) {
      const reason = fault(index, after) ?? "";
      if (redraw.has(index)) throw new UnfitLetter(reason);
      redraw.set(index, reason);
    }
  }

  /** What is wrong with a page as it came out, or null. */
  function fault(index: number, after: readonly CheckedPage[]): string | null {
    const [was, is] = [pages[index], after[index]];
    if (!was || !is) return "It is gone";
    // The picture of a page that was looked at may have a shade beside what is drawn.
    if (is.hasInkOutside && !redraw.has(index)) return "It has ink where there was none";
    if (index > 0) return looksAlike(was.ink, is.ink, []) ? null : "It does not look as it did";
    if (!looksAlike(was.ink, is.ink, [addressSearch])) return "It does not look as it did";
    if (!hasTag(is)) return "It has no tag";
    // A picture of an address has no letters.
    if (keptAddress && redraw.has(0)) return null;
    const { lines } = parsePostalAddress(linesOf(charactersIn(is)).join("\n"));
    return lines.join("\n") === address.lines.join("\n") ? null : "Its address does not read as it did";
  }
}

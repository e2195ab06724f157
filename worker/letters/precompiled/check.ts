import type { PostalAddress } from "../../../shared/recipient/postal-address.ts";
import type { PdfiumCharacter } from "../pdfium/page.ts";
import type { PdfiumFile } from "../pdfium/pdfium.ts";
import { isIn, linesOf, readAddress } from "./address.ts";
import { addressSearch, tagBox } from "./geometry.ts";
import { hasInkOutside, type InkMap, inkMapOf, rasterOf } from "./ink.ts";
import type { RefusalCode } from "./refusal.ts";

export type Verdict =
  | {
      outcome: "valid";
      address: PostalAddress;
      /** Whether page 1 has its tag already. */
      hasTag: boolean;
      pages: readonly CheckedPage[];
    }
  /** `pages` from 1. */
  | { outcome: "refused"; code: RefusalCode; pages: number[] };

export interface CheckedPage {
  hasInkOutside: boolean;
  ink: InkMap;
  characters: readonly PdfiumCharacter[];
  height: number;
}

/**
 * Checks the pages of a file that `normalise` made, in the order of `spec/letters.md` 2.4 from its rule 3. What is
 * hidden counts as text too: machines that sort letters read it.
 */
export function checkPages(file: PdfiumFile, permissions: { allowsInternational: boolean }): Verdict {
  const pages = lookAt(file);
  if (pages === null) return { outcome: "refused", code: "unable-to-read-the-file", pages: [] };
  const inked = numbersOf(pages, (page) => page.hasInkOutside);
  if (inked.length > 0) return { outcome: "refused", code: "content-outside-printable-area", pages: inked };
  const tagged = numbersOf(pages, hasTag);
  const late = tagged.filter((number) => number > 1);
  if (late.length > 0) return { outcome: "refused", code: "notify-tag-found-in-content", pages: late };

  const lines = pages[0] ? linesOf(charactersIn(pages[0])) : [];
  const read = readAddress(lines, permissions);
  if (read.outcome === "refused") return { ...read, pages: [1] };
  return { outcome: "valid", address: read.address, hasTag: tagged.length > 0, pages };
}

/** Null where a page cannot be read. */
export function lookAt(file: PdfiumFile): CheckedPage[] | null {
  const pages: CheckedPage[] = [];
  for (let index = 0; index < file.pageCount; index += 1) {
    using page = file.page(index);
    if (page === null) return null;
    const raster = rasterOf(page);
    pages.push({
      hasInkOutside: hasInkOutside(raster, index),
      ink: inkMapOf(raster),
      characters: page.characters(),
      height: page.height,
    });
  }
  return pages;
}

/** Of the address. */
export function charactersIn({ characters, height }: CheckedPage): PdfiumCharacter[] {
  return characters.filter((character) => isIn(character, addressSearch, height));
}

export function hasTag({ characters, height }: CheckedPage): boolean {
  const found = characters.filter((character) => isIn(character, tagBox, height));
  return linesOf(found).some((line) => line.includes("NOTIFY"));
}

function numbersOf(pages: readonly CheckedPage[], isSo: (page: CheckedPage) => boolean): number[] {
  return pages.flatMap((page, index) => (isSo(page) ? [index + 1] : []));
}

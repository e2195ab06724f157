import { PDFArray, PDFDict, PDFNumber } from "@cantoo/pdf-lib";
import { arrayAt, dictAt, itemsOf, nameAt, numberAt, numbersAt, numbersIn } from "./resources.ts";

/** What is needed to know where the characters of a text stand. */
export interface FontWidths {
  bytesPerCode: 1 | 2;
  /** Of a character code, in text space for a font of size 1. */
  widthOf(code: number): number;
}

/** Null where that cannot be told: codes of other lengths, lines from top to bottom, no widths. */
export function fontWidths(font: PDFDict): FontWidths | null {
  return nameAt(font, "Subtype") === "Type0" ? compositeWidths(font) : simpleWidths(font);
}

function simpleWidths(font: PDFDict): FontWidths | null {
  const widths = numbersAt(font, "Widths");
  if (widths === null) return null;
  const first = numberAt(font, "FirstChar") ?? 0;
  const missing = numberAt(dictAt(font, "FontDescriptor"), "MissingWidth") ?? 0;
  const scale = nameAt(font, "Subtype") === "Type3" ? (numbersAt(font, "FontMatrix")?.[0] ?? 0.001) : 0.001;
  return { bytesPerCode: 1, widthOf: (code) => (widths[code - first] ?? missing) * scale };
}

function compositeWidths(font: PDFDict): FontWidths | null {
  if (nameAt(font, "Encoding") !== "Identity-H") return null;
  const descendant = arrayAt(font, "DescendantFonts")?.lookup(0);
  if (!(descendant instanceof PDFDict)) return null;
  const widths = listedWidths(arrayAt(descendant, "W"));
  const other = numberAt(descendant, "DW") ?? 1000;
  return { bytesPerCode: 2, widthOf: (code) => (widths.get(code) ?? other) / 1000 };
}

/** `c [w1 w2 …]` and `from to w` (ISO 32000-1 9.7.4.3). */
function listedWidths(list: PDFArray | null): ReadonlyMap<number, number> {
  const widths = new Map<number, number>();
  const items = itemsOf(list);
  for (let at = 0; at + 1 < items.length; ) {
    const [first, second, third] = [items[at], items[at + 1], items[at + 2]];
    const from = first instanceof PDFNumber ? first.asNumber() : 0;
    if (second instanceof PDFArray) {
      for (const [index, width] of numbersIn(second).entries()) widths.set(from + index, width);
      at += 2;
      continue;
    }
    const to = Math.min(second instanceof PDFNumber ? second.asNumber() : from, 0xffff);
    const width = third instanceof PDFNumber ? third.asNumber() : 0;
    for (let code = from; code <= to; code += 1) widths.set(code, width);
    at += 3;
  }
  return widths;
}

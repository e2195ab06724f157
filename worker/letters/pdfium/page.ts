import { heapOf, type Library } from "./library.ts";

/** One page. Lengths are points, from the bottom left of the page as it is shown. */
export interface PdfiumPage extends Disposable {
  width: number;
  height: number;
  /** Draws annotations into the page, as they are printed. */
  flatten(): void;
  /** On white, as printed, stretched to these pixels: four bytes each, blue, green, red and one unused. */
  render(size: { width: number; height: number }): Uint8Array<ArrayBuffer>;
  characters(): PdfiumCharacter[];
}

export interface PdfiumCharacter {
  /** One code point; a ligature may be one. */
  text: string;
  left: number;
  right: number;
  bottom: number;
  top: number;
  /** Where its line stands. */
  baseline: number;
}

const flattenForPrint = 1;
const bitmapOfBgrx = 3;
const renderAnnotations = 0x01;
const renderForPrint = 0x800;
const white = 0xffffffff;
/** More would be hours of work and nothing anybody reads. */
const mostCharacters = 100_000;

export function pdfiumPage(library: Library, page: number): PdfiumPage {
  return {
    width: library.FPDF_GetPageWidthF(page),
    height: library.FPDF_GetPageHeightF(page),
    flatten() {
      if (library.FPDFPage_GetAnnotCount(page) > 0) library.FPDFPage_Flatten(page, flattenForPrint);
    },
    render: (size) => rendered(library, page, size),
    characters: () => charactersOf(library, page),
    [Symbol.dispose]: () => library.FPDF_ClosePage(page),
  };
}

function rendered(
  library: Library,
  page: number,
  { width, height }: { width: number; height: number },
): Uint8Array<ArrayBuffer> {
  const bitmap = library.FPDFBitmap_CreateEx(width, height, bitmapOfBgrx, 0, 0);
  if (bitmap === 0) throw new Error("Cannot render a page: there is no memory for it");
  try {
    library.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, white);
    library.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, renderAnnotations | renderForPrint);
    const data = library.FPDFBitmap_GetBuffer(bitmap);
    const stride = library.FPDFBitmap_GetStride(bitmap);
    const pixels = new Uint8Array(width * height * 4);
    for (let row = 0; row < height; row += 1) {
      const from = data + row * stride;
      pixels.set(heapOf(library).subarray(from, from + width * 4), row * width * 4);
    }
    return pixels;
  } finally {
    library.FPDFBitmap_Destroy(bitmap);
  }
}

function charactersOf(library: Library, page: number): PdfiumCharacter[] {
  const { malloc, free } = library.pdfium.wasmExports;
  const text = library.FPDFText_LoadPage(page);
  if (text === 0) return [];
  // FS_RECTF: left, top, right, bottom, four bytes each; then two doubles.
  const space = malloc(32);
  try {
    const read = (at: number) => library.pdfium.getValue(space + at, "float");
    const characters: PdfiumCharacter[] = [];
    const count = Math.min(library.FPDFText_CountChars(text), mostCharacters);
    for (let index = 0; index < count; index += 1) {
      // Spaces and line ends that PDFium thinks of stand nowhere.
      if (library.FPDFText_IsGenerated(text, index) === 1) continue;
      const codePoint = library.FPDFText_GetUnicode(text, index);
      if (!library.FPDFText_GetLooseCharBox(text, index, space)) continue;
      const [left, top, right, bottom] = [read(0), read(4), read(8), read(12)];
      if (!library.FPDFText_GetCharOrigin(text, index, space + 16, space + 24)) continue;
      const baseline = library.pdfium.getValue(space + 24, "double");
      if (![left, top, right, bottom, baseline].every(Number.isFinite)) continue;
      characters.push({ text: characterOf(codePoint), left, right, bottom, top, baseline });
    }
    return characters;
  } finally {
    free(space);
    library.FPDFText_ClosePage(text);
  }
}

/** Half of a pair, a control character or none at all: something stands there, nobody knows what. */
function characterOf(codePoint: number): string {
  const isText = codePoint >= 0x20 && codePoint <= 0x10ffff && (codePoint < 0xd800 || codePoint > 0xdfff);
  return isText ? String.fromCodePoint(codePoint) : "�";
}

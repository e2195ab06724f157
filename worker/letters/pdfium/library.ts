import type { init } from "@embedpdf/pdfium";

export type Library = Awaited<ReturnType<typeof init>>;

/** The library's memory as it is now: after any call it may be another. */
export function heapOf({ pdfium }: Library): Uint8Array {
  // Types of the package leave it out.
  if ("HEAPU8" in pdfium && pdfium.HEAPU8 instanceof Uint8Array) return pdfium.HEAPU8;
  throw new Error("Cannot reach PDFium's memory");
}

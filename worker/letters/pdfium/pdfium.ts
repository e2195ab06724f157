import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { init } from "@embedpdf/pdfium";
import { heapOf, type Library } from "./library.ts";
import { type PdfiumPage, pdfiumPage } from "./page.ts";

/*
 * PDFium, Chrome's reader of PDFs, as WebAssembly. It reads nearly everything, and what it is given may be hostile:
 * use it in a process that can be lost (`readers.ts`).
 */

export interface Pdfium {
  /** Null where it cannot be read, is encrypted, or has no page. */
  open(pdf: Uint8Array): PdfiumFile | null;
  /** The same to look at: an encrypted one will do, where it opens without a password. */
  openToShow(pdf: Uint8Array): PdfiumFile | "password-protected" | "unreadable";
}

export interface PdfiumFile extends Disposable {
  /** As the file says; pages themselves may be missing. */
  pageCount: number;
  /** From 0. Null where it cannot be read. */
  page(index: number): PdfiumPage | null;
  /** The file as PDFium understood it, with nothing encrypted, packed or broken about its structure. */
  save(): Uint8Array<ArrayBuffer>;
}

export async function openPdfium(): Promise<Pdfium> {
  const wasm = await readFile(createRequire(import.meta.url).resolve("@embedpdf/pdfium/pdfium.wasm"));
  const wasmBinary = new ArrayBuffer(wasm.byteLength);
  new Uint8Array(wasmBinary).set(wasm);
  const library = await init({ wasmBinary });
  library.PDFiumExt_Init();
  return {
    open(pdf) {
      const file = loadFile(library, pdf);
      if (typeof file === "string") return null;
      // Those that open without a password are encrypted all the same.
      if (!file.isEncrypted) return file;
      file[Symbol.dispose]();
      return null;
    },
    openToShow: (pdf) => loadFile(library, pdf),
  };
}

const wantsPassword = 4;

function loadFile(
  library: Library,
  pdf: Uint8Array,
): (PdfiumFile & { isEncrypted: boolean }) | "password-protected" | "unreadable" {
  const { malloc, free } = library.pdfium.wasmExports;
  // PDFium reads from it for as long as the file is open.
  const bytes = malloc(pdf.byteLength);
  if (bytes === 0) throw new Error("Cannot open a PDF: there is no memory for it");
  heapOf(library).set(pdf, bytes);
  const file = library.FPDF_LoadMemDocument(bytes, pdf.byteLength, "");
  const fault = file === 0 ? library.FPDF_GetLastError() : 0;
  const close = () => {
    if (file !== 0) library.FPDF_CloseDocument(file);
    free(bytes);
  };
  const pageCount = file === 0 ? 0 : library.FPDF_GetPageCount(file);
  if (pageCount < 1) {
    close();
    return fault === wantsPassword ? "password-protected" : "unreadable";
  }
  return {
    pageCount,
    isEncrypted: library.FPDF_GetSecurityHandlerRevision(file) !== -1,
    page(index) {
      const page = library.FPDF_LoadPage(file, index);
      return page === 0 ? null : pdfiumPage(library, page);
    },
    save: () => savedFile(library, file),
    [Symbol.dispose]: close,
  };
}

function savedFile(library: Library, file: number): Uint8Array<ArrayBuffer> {
  const { malloc, free } = library.pdfium.wasmExports;
  const writer = library.PDFiumExt_OpenFileWriter();
  try {
    library.PDFiumExt_SaveAsCopy(file, writer);
    const size = library.PDFiumExt_GetFileWriterSize(writer);
    const data = malloc(size);
    if (data === 0) throw new Error("Cannot save a PDF: there is no memory for it");
    library.PDFiumExt_GetFileWriterData(writer, data, size);
    const saved = new Uint8Array(size);
    saved.set(heapOf(library).subarray(data, data + size));
    free(data);
    return saved;
  } finally {
    library.PDFiumExt_CloseFileWriter(writer);
  }
}

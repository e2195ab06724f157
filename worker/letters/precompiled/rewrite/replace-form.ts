import type { PDFRef, PDFStream } from "@cantoo/pdf-lib";
import type { Operation } from "../content/content.ts";
import { contentStream } from "../content/streams.ts";

/** What it draws becomes this, wherever it is drawn. */
export function replaceForm(form: PDFStream, ref: PDFRef, operations: readonly Operation[]): void {
  const { context } = form.dict;
  const replaced = contentStream(context, operations);
  const own = new Set(["Filter", "DecodeParms", "Length", "PieceInfo", "Metadata", "StructParents"]);
  for (const [key, value] of form.dict.entries())
    if (!own.has(key.decodeText())) replaced.dict.set(key, value);
  context.assign(ref, replaced);
}

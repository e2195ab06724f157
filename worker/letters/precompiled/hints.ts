import { type PDFContext, PDFName, PDFStream } from "@cantoo/pdf-lib";
import type { Operation } from "./content/content.ts";
import { parseContent } from "./content/parse.ts";
import { decoded } from "./content/streams.ts";
import { neededResources } from "./needed.ts";
import { replaceForm } from "./rewrite/replace-form.ts";
import { dictAt } from "./rewrite/resources.ts";

/**
 * Content without what programs are told beside it, `ActualText` say: a letter is what is drawn, and a reader that
 * believed the hint would read another address. Layers stay what they are.
 */
export function withoutHints(operations: readonly Operation[]): Operation[] {
  return operations.flatMap((one) => {
    if (one.operator === "MP" || one.operator === "DP") return [];
    if (!isHint(one)) return [one];
    return [{ operator: "BMC", operands: one.operands.slice(0, 1) }];
  });
}

/** The same for all forms and patterns of a document, which keep what they need alone. */
export function tidyForms(context: PDFContext): void {
  for (const [ref, object] of context.enumerateIndirectObjects()) {
    if (!(object instanceof PDFStream)) continue;
    const isForm = object.dict.lookup(PDFName.of("Subtype")) === PDFName.of("Form");
    if (!isForm && !object.dict.has(PDFName.of("PatternType"))) continue;
    const operations = parseContent(decoded(object));
    const resources = dictAt(object.dict, "Resources");
    if (resources) object.dict.set(PDFName.of("Resources"), neededResources(operations, resources));
    if (operations.some(isHint)) replaceForm(object, ref, withoutHints(operations));
  }
}

function isHint({ operator, operands: [tag] }: Operation): boolean {
  return operator === "BDC" && !(tag?.kind === "name" && tag.value === "OC");
}

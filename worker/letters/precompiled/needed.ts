import { PDFDict, PDFName, type PDFObject, PDFStream } from "@cantoo/pdf-lib";
import { nameOf, type Operation } from "./content/content.ts";
import { parseContent } from "./content/parse.ts";
import { decoded } from "./content/streams.ts";
import { dictAt, nameAt, streamAt } from "./rewrite/resources.ts";

/** Which kind of resource an operator names. */
const kinds: ReadonlyMap<string, string> = new Map([
  ["Tf", "Font"],
  ["Do", "XObject"],
  ["gs", "ExtGState"],
  ["cs", "ColorSpace"],
  ["CS", "ColorSpace"],
  ["scn", "Pattern"],
  ["SCN", "Pattern"],
  ["sh", "Shading"],
  ["BDC", "Properties"],
]);

/**
 * Those of its resources that a content names, and that are what they should be. What else a file carries is not
 * printed: a font that nothing is written in need not be there, nor a text that nothing shows.
 */
export function neededResources(operations: readonly Operation[], resources: PDFDict): PDFDict {
  const needed = resources.context.obj({});
  for (const [kind, names] of namesIn(operations, resources, new Set())) {
    const given = dictAt(resources, kind);
    const kept = resources.context.obj({});
    for (const name of names) {
      const key = PDFName.of(name);
      const value = given?.get(key);
      if (value !== undefined && isOf(kind, given?.lookup(key))) kept.set(key, value);
    }
    needed.set(PDFName.of(kind), kept);
  }
  return needed;
}

type Names = Map<string, Set<string>>;

/** A form without resources of its own takes those of what draws it. */
function namesIn(operations: readonly Operation[], resources: PDFDict, seen: Set<PDFStream>): Names {
  const names: Names = new Map();
  const add = (kind: string, name: string) => names.set(kind, (names.get(kind) ?? new Set()).add(name));
  for (const one of operations) {
    if (one.operator === "BI") for (const name of inlineSpaces(one)) add("ColorSpace", name);
    const kind = kinds.get(one.operator);
    const name = nameOf(one);
    if (kind === undefined || name === null) continue;
    add(kind, name);
    const form = kind === "XObject" ? streamAt(dictAt(resources, "XObject"), name) : null;
    if (!form || seen.has(form) || nameAt(form.dict, "Subtype") !== "Form") continue;
    if (dictAt(form.dict, "Resources")) continue;
    seen.add(form);
    for (const [inner, found] of namesIn(parseContent(decoded(form)), resources, seen)) {
      for (const each of found) add(inner, each);
    }
  }
  return names;
}

function inlineSpaces({ operands: [dictionary] }: Operation): string[] {
  const entries = dictionary?.kind === "dictionary" ? dictionary.entries : [];
  return entries.flatMap(([key, value]) =>
    (key === "CS" || key === "ColorSpace") && value.kind === "name" ? [value.value] : [],
  );
}

function isOf(kind: string, value: PDFObject | undefined): boolean {
  switch (kind) {
    case "Font":
      return value instanceof PDFDict && nameAt(value, "Subtype") !== null;
    case "XObject":
      return value instanceof PDFStream && ["Form", "Image"].includes(nameAt(value.dict, "Subtype") ?? "");
    default:
      return value !== undefined;
  }
}

import { readFileSync } from "node:fs";
import { type PDFContext, PDFDict, PDFName, type PDFRef } from "@cantoo/pdf-lib";
import fontkit, { type Font } from "@pdf-lib/fontkit";
import { arrayAt, dictAt, nameAt, numberAt, numbersAt, refAt, streamAt } from "./resources.ts";
import { Unconvertible } from "./unconvertible.ts";

const faces = {
  regular: "400Regular/Arimo_400Regular.ttf",
  italic: "400Regular_Italic/Arimo_400Regular_Italic.ttf",
  bold: "700Bold/Arimo_700Bold.ttf",
  boldItalic: "700Bold_Italic/Arimo_700Bold_Italic.ttf",
} as const;

type Face = keyof typeof faces;

/**
 * Puts fonts that a file only names into it: for Arial and Helvetica Arimo, whose letters are as wide. One file a
 * document.
 */
export class MissingFonts {
  readonly #context: PDFContext;
  readonly #files = new Map<Face, { font: Font; ref: PDFRef }>();

  constructor(context: PDFContext) {
    this.#context = context;
  }

  /** Those of a page and of the forms it may draw. Throws `Unconvertible` on a font there is nothing for. */
  embed(resources: PDFDict, seen = new Set<PDFDict>()): void {
    if (seen.has(resources)) return;
    seen.add(resources);
    const fonts = dictAt(resources, "Font");
    for (const name of fonts?.keys() ?? []) {
      const font = dictAt(fonts, name.decodeText());
      if (!font || isEmbedded(font)) continue;
      const replaced = this.#replacement(font);
      const ref = refAt(fonts, name.decodeText());
      if (ref) this.#context.assign(ref, replaced);
      else fonts?.set(name, replaced);
    }
    for (const kind of ["XObject", "Pattern"]) {
      const objects = dictAt(resources, kind);
      for (const name of objects?.keys() ?? []) {
        const own = dictAt(dictAt(objects, name.decodeText()), "Resources");
        if (own) this.embed(own, seen);
      }
    }
  }

  #replacement(font: PDFDict): PDFDict {
    const face = faceOf(font);
    const { encoding, decode } = encodingOf(font);
    const { font: parsed, ref } = this.#file(face);
    const { unitsPerEm, ascent, descent, capHeight, bbox, italicAngle } = parsed;
    const perThousand = (units: number) => Math.round((units * 1000) / unitsPerEm);
    const name = PDFName.of(`Arimo-${face}`);
    const widthOf = (code: number) => {
      const codePoint = decode(code);
      return codePoint === null ? 0 : perThousand(parsed.glyphForCodePoint(codePoint).advanceWidth);
    };
    const given = numbersAt(font, "Widths");
    const first = given ? (numberAt(font, "FirstChar") ?? 0) : 0;
    const widths = given ?? Array.from({ length: 256 }, (_, code) => widthOf(code));
    return this.#context.obj({
      Type: "Font",
      Subtype: "TrueType",
      BaseFont: name,
      FirstChar: first,
      LastChar: first + widths.length - 1,
      Widths: widths,
      Encoding: encoding,
      FontDescriptor: this.#context.obj({
        Type: "FontDescriptor",
        FontName: name,
        // Of Latin letters.
        Flags: 32,
        FontBBox: [bbox.minX, bbox.minY, bbox.maxX, bbox.maxY].map(perThousand),
        ItalicAngle: italicAngle,
        Ascent: perThousand(ascent),
        Descent: perThousand(descent),
        CapHeight: perThousand(capHeight),
        StemV: face.startsWith("bold") ? 140 : 80,
        FontFile2: ref,
      }),
    });
  }

  #file(face: Face): { font: Font; ref: PDFRef } {
    const known = this.#files.get(face);
    if (known) return known;
    const bytes = new Uint8Array(
      readFileSync(new URL(import.meta.resolve(`@expo-google-fonts/arimo/${faces[face]}`))),
    );
    const ref = this.#context.register(this.#context.flateStream(bytes, { Length1: bytes.length }));
    const file = { font: fontkit.create(bytes), ref };
    this.#files.set(face, file);
    return file;
  }
}

function isEmbedded(font: PDFDict): boolean {
  const kind = nameAt(font, "Subtype");
  if (kind === "Type3") return true;
  const descendant = arrayAt(font, "DescendantFonts")?.lookup(0);
  const described = kind === "Type0" ? (descendant instanceof PDFDict ? descendant : null) : font;
  const descriptor = dictAt(described, "FontDescriptor");
  return ["FontFile", "FontFile2", "FontFile3"].some((name) => streamAt(descriptor, name) !== null);
}

function faceOf(font: PDFDict): Face {
  const name = nameAt(font, "BaseFont") ?? "";
  const isSimple = ["Type1", "TrueType", "MMType1"].includes(nameAt(font, "Subtype") ?? "");
  if (
    !isSimple ||
    !/^(?:[A-Z]{6}\+)?(?:Arial|Helvetica)(?:MT|PS|PSMT)?(?:[-,](?:Bold|Italic|Oblique|MT)*)?$/.test(name)
  ) {
    throw new Unconvertible("A font that is not in the file, and none is like it");
  }
  const isItalic = /Italic|Oblique/.test(name);
  if (name.includes("Bold")) return isItalic ? "boldItalic" : "bold";
  return isItalic ? "italic" : "regular";
}

interface Encoding {
  encoding: PDFName | PDFDict;
  /** The character of a code; null where there is none. */
  decode(code: number): number | null;
}

function encodingOf(font: PDFDict): Encoding {
  const own = font.lookup(PDFName.of("Encoding"));
  if (own === undefined) {
    // Standard encoding, which TrueType fonts have no name for.
    const standard = font.context.obj({ Type: "Encoding", Differences: [] });
    return {
      encoding: standard,
      decode: (code) => standardQuotes.get(code) ?? (code > 31 && code < 127 ? code : null),
    };
  }
  const label = own instanceof PDFName ? labels.get(own.decodeText()) : undefined;
  if (!(own instanceof PDFName) || label === undefined) {
    throw new Unconvertible("A font that is not in the file, with an encoding of its own");
  }
  const decoder = new TextDecoder(label);
  return { encoding: own, decode: (code) => decoder.decode(Uint8Array.of(code)).codePointAt(0) ?? null };
}

const standardQuotes: ReadonlyMap<number, number> = new Map([
  [0x27, 0x2019],
  [0x60, 0x2018],
]);
const labels: ReadonlyMap<string, "windows-1252" | "macintosh"> = new Map([
  ["WinAnsiEncoding", "windows-1252"],
  ["MacRomanEncoding", "macintosh"],
]);

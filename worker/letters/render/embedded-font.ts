import { createHash } from "node:crypto";
import { type PDFContext, type PDFDict, PDFHexString, type PDFRef, PDFString } from "@cantoo/pdf-lib";
import type { LetterFont } from "./fonts.ts";
import { subsetTrueType } from "./true-type.ts";

/** A font of one PDF, of which only what is written is put in. */
export interface EmbeddedFont {
  /** In content and in each page's resources. */
  name: string;
  ref: PDFRef;
  /** A text as an operand of `Tj`. Throws for what the font has no picture of. */
  encode(text: string): string;
  /** Stores what was written with, once it is all written. */
  embed(): void;
}

interface Glyph {
  id: number;
  codePoint: number;
  width: number;
}

/** What a reader is told a character is, where the picture serves several. */
const readAs: ReadonlyMap<string, string> = new Map([["\u00a0", " "]]);

export function openFont(context: PDFContext, font: LetterFont, name: string): EmbeddedFont {
  const ref = context.nextRef();
  // Numbered from 1: 0 is what stands for a missing one.
  const glyphs: Glyph[] = [];
  const numbers = new Map<number, number>();
  const codes = new Map<string, string>();

  const codeOf = (character: string): string => {
    const codePoint = (readAs.get(character) ?? character).codePointAt(0) ?? 0;
    const width = font.widthOf(codePoint);
    if (width === null)
      throw new Error(`Cannot print U+${codePoint.toString(16)}: the font does not have it`);
    const { id } = font.parsed.glyphForCodePoint(codePoint);
    const number = numbers.get(id) ?? glyphs.push({ id, codePoint, width });
    numbers.set(id, number);
    return number.toString(16).padStart(4, "0");
  };

  return {
    name,
    ref,
    encode(text) {
      let hex = "";
      for (const character of text) {
        const code = codes.get(character) ?? codeOf(character);
        codes.set(character, code);
        hex += code;
      }
      return `<${hex}>`;
    },
    embed() {
      const file = subsetTrueType(font.file, [0, ...glyphs.map(({ id }) => id)]);
      // Programs that join PDFs take fonts of one name for one font: what differs must differ in name.
      const baseFont = `${tagOf(file)}+${font.name}`;
      const descendant = context.register(
        context.obj({
          Type: "Font",
          Subtype: "CIDFontType2",
          BaseFont: baseFont,
          CIDToGIDMap: "Identity",
          CIDSystemInfo: {
            Registry: PDFString.of("Adobe"),
            Ordering: PDFString.of("Identity"),
            Supplement: 0,
          },
          FontDescriptor: context.register(descriptorOf(context, font, baseFont, file)),
          W: [1, glyphs.map(({ width }) => Math.round(width * 1e6) / 1e3)],
        }),
      );
      context.assign(
        ref,
        context.obj({
          Type: "Font",
          Subtype: "Type0",
          BaseFont: baseFont,
          Encoding: "Identity-H",
          DescendantFonts: [descendant],
          ToUnicode: context.register(context.flateStream(toUnicode(glyphs))),
        }),
      );
    },
  };
}

function descriptorOf(context: PDFContext, font: LetterFont, name: string, file: Uint8Array): PDFDict {
  const { parsed, ascent, descent } = font;
  const perThousand = (units: number) => Math.round((units * 1000) / parsed.unitsPerEm);
  const { minX, minY, maxX, maxY } = parsed.bbox;
  return context.obj({
    Type: "FontDescriptor",
    FontName: name,
    // Not of Latin letters alone.
    Flags: 4,
    FontBBox: [minX, minY, maxX, maxY].map(perThousand),
    ItalicAngle: 0,
    Ascent: Math.round(ascent * 1000),
    Descent: -Math.round(descent * 1000),
    CapHeight: perThousand(parsed.capHeight),
    StemV: parsed.postscriptName?.includes("Bold") ? 140 : 80,
    FontFile2: context.register(context.flateStream(file, { Length1: file.length })),
  });
}

/** Six capitals made of what the subset holds. */
function tagOf(file: Uint8Array): string {
  const digest = createHash("sha256").update(file).digest();
  return Array.from(digest.subarray(0, 6), (byte) => String.fromCharCode(65 + (byte % 26))).join("");
}

/** By which text is read back from the PDF. */
function toUnicode(glyphs: readonly Glyph[]): string {
  const lines = glyphs.map(({ codePoint }, at) => {
    const text = PDFHexString.fromText(String.fromCodePoint(codePoint)).asString().slice(4);
    return `<${(at + 1).toString(16).padStart(4, "0")}> <${text}>`;
  });
  // A section holds a hundred at most.
  const sections: string[] = [];
  for (let at = 0; at < lines.length; at += 100) {
    const section = lines.slice(at, at + 100);
    sections.push(`${section.length} beginbfchar\n${section.join("\n")}\nendbfchar`);
  }
  return `/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
${sections.join("\n")}
endcmap
CMapName currentdict /CMap defineresource pop
end
end`;
}

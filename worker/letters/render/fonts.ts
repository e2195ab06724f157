import { readFileSync } from "node:fs";
import fontkit, { type Font as ParsedFont } from "@pdf-lib/fontkit";
import { readTrueType, type TrueType } from "./true-type.ts";

/** One cut of Arimo, which has Arial's metrics. */
export interface LetterFont {
  name: string;
  parsed: ParsedFont;
  file: TrueType;
  /** Of a character, in em; null where the font has no picture of it. */
  widthOf(codePoint: number): number | null;
  /** Above and below the baseline, in em. */
  ascent: number;
  descent: number;
}

export interface LetterFonts {
  regular: LetterFont;
  bold: LetterFont;
}

/** Reads both, which takes a few milliseconds: once for a worker. */
export function loadFonts(): LetterFonts {
  return {
    regular: loadFont("@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf"),
    bold: loadFont("@expo-google-fonts/arimo/700Bold/Arimo_700Bold.ttf"),
  };
}

function loadFont(file: string): LetterFont {
  const bytes = new Uint8Array(readFileSync(new URL(import.meta.resolve(file))));
  const parsed = fontkit.create(bytes);
  const { unitsPerEm, ascent, descent } = parsed;
  const known = new Set(parsed.characterSet);
  // As many as the font has, at most.
  const widths = new Map<number, number>();
  return {
    name: parsed.postscriptName ?? "Arimo",
    parsed,
    file: readTrueType(bytes),
    widthOf(codePoint) {
      const width = widths.get(codePoint);
      if (width !== undefined) return width;
      const glyph = known.has(codePoint) ? parsed.glyphForCodePoint(codePoint) : null;
      // The first stands for what is missing.
      if (glyph === null || glyph.id === 0) return null;
      widths.set(codePoint, glyph.advanceWidth / unitsPerEm);
      return glyph.advanceWidth / unitsPerEm;
    },
    ascent: ascent / unitsPerEm,
    descent: -descent / unitsPerEm,
  };
}

/** In points. Characters the font does not have count as nothing: they are refused before. */
export function widthOf(text: string, font: LetterFont, size: number): number {
  let em = 0;
  for (const character of text) em += font.widthOf(character.codePointAt(0) ?? 0) ?? 0;
  return em * size;
}

/** How far below the top of a line its baseline is. */
export function baselineIn(
  { ascent, descent }: LetterFont,
  { size, lineHeight }: { size: number; lineHeight: number },
): number {
  return (lineHeight - (ascent + descent) * size) / 2 + ascent * size;
}

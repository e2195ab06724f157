import { describe, expect, test } from "bun:test";
import fontkit, { type Font } from "@pdf-lib/fontkit";
import { subsetTrueType } from "../../../../worker/letters/render/true-type.ts";
import { fonts } from "./letters.ts";

describe.each([fonts.regular, fonts.bold])("a subset of $name", ({ parsed, file }) => {
  const glyphs = [...new Set([0, ...parsed.characterSet.map((code) => parsed.glyphForCodePoint(code).id)])];

  test("draws every character as the whole font does", () => {
    const subset = fontkit.create(subsetTrueType(file, glyphs));

    const drawn = glyphs.map((_, number) => shownBy(subset, number));
    expect(drawn).toEqual(glyphs.map((glyph) => shownBy(parsed, glyph)));
  });

  test("brings what accented letters are put together from, and leaves the font as it was", () => {
    const letters = Array.from("ŴéŵẤ", (letter) => letter.codePointAt(0) ?? 0);
    const wanted = [0, ...letters.map((code) => parsed.glyphForCodePoint(code).id)];

    const first = subsetTrueType(file, wanted);
    const again = subsetTrueType(file, wanted);

    expect(Buffer.from(first).equals(Buffer.from(again))).toBe(true);
    expect(fontkit.create(first).numGlyphs).toBeGreaterThan(wanted.length);
    expect(first.length).toBeLessThan(10_000);
  });
});

/** A glyph by its number: a subset for PDF does not say which character is which. */
function shownBy(font: Font, number: number) {
  const { path, advanceWidth } = font.getGlyph(number);
  return { drawing: path.toSVG(), advanceWidth };
}

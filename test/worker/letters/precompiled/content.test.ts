import { describe, expect, test } from "bun:test";
import { parseContent } from "../../../../worker/letters/precompiled/content/parse.ts";
import { writeContent } from "../../../../worker/letters/precompiled/content/write.ts";
import { cmykOf, toInks } from "../../../../worker/letters/precompiled/rewrite/cmyk.ts";

const bytes = (text: string) => Uint8Array.from(Buffer.from(text, "latin1"));
const rewritten = (text: string) => Buffer.from(writeContent(parseContent(bytes(text)))).toString("latin1");

describe("a content stream", () => {
  test.each([
    ["1 0 0 1 10.5 -.25 cm", "1 0 0 1 10.5 -0.25 cm\n"],
    ["q%a comment\nQ", "q\nQ\n"],
    ["(a\\(b\\)\\101\\n(in)) Tj", "<6128622941 0a28696e29> Tj\n".replace(" ", "")],
    ["(go\\\non) Tj <48 65 6> Tj", "<676f6f6e> Tj\n<486560> Tj\n"],
    ["/F#31 9 Tf", "/F1 9 Tf\n"],
    ["[(a)-20(b)]TJ", "[<61> -20 <62>] TJ\n"],
    [
      "/Span<</ActualText(x)/N[1 true null]>>BDC EMC",
      "/Span <</ActualText <78> /N [1 true null]>> BDC\nEMC\n",
    ],
    ["BI /W 1/H 1 /BPC 8/CS/G ID \x00EI\xff EI Q", "BI /W 1 /H 1 /BPC 8 /CS /G ID \x00EI\xff\nEI\nQ\n"],
    // More than an operator takes, less, another kind, and what is none.
    ["9 9 1 0 0 rg", "1 0 0 rg\n"],
    ["1 0 rg Q", "Q\n"],
    ["/F1 (9) Tf Q", "Q\n"],
    ["1 2 nothing Q", "Q\n"],
    // Open ends, and brackets that nothing opened.
    ["q ] >> ) } (open", "q\n"],
    ["[1 2 (a) Tj", ""],
    ["0.0000001 w 12345678901234567890 w", "0 w\n0 w\n"],
  ])("%j", (text, expected) => {
    expect(rewritten(text)).toBe(expected);
    expect(rewritten(expected)).toBe(expected);
  });

  test("that no program writes is refused", () => {
    expect(() => parseContent(bytes("[".repeat(100)))).toThrow("Nested too deeply");
    expect(() => parseContent(bytes("q ".repeat(1_000_001)))).toThrow("Too many operations");
  });
});

test("light becomes ink, grey black alone, and white none, in colours as in pixels", () => {
  const cases = [
    [
      [1, 1, 1],
      [0, 0, 0, 0],
    ],
    [
      [0, 0, 0],
      [0, 0, 0, 1],
    ],
    [
      [0, 0, 1],
      [1, 1, 0, 0],
    ],
    [
      [1, 0, 0],
      [0, 1, 1, 0],
    ],
    [
      [0.5, 0.5, 0.5],
      [0, 0, 0, 0.5],
    ],
    [
      [0.5, 0.25, 0],
      [0, 0.5, 1, 0.5],
    ],
  ] as const;
  for (const [[red, green, blue], inks] of cases) {
    expect([...cmykOf(red, green, blue)]).toEqual([...inks]);
    const pixel = Uint8Array.of(blue * 255, green * 255, red * 255, 255);
    toInks(pixel);
    for (const [at, ink] of inks.entries()) expect(Math.abs((pixel[at] ?? 0) - ink * 255)).toBeLessThan(3);
  }
});

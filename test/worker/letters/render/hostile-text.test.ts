import { expect, test } from "bun:test";
import fc from "fast-check";
import { openPdfium } from "../../../../worker/letters/pdfium/pdfium.ts";
import { linesOf, render } from "./letters.ts";

const marks = [
  "# ",
  "* ",
  "1. ",
  "  * ",
  "---",
  "\n",
  "\n\n",
  "qr: ",
  "^ ",
  "[a](b)",
  "https://x.example/",
  "<p>",
  "&lt;",
];
const words = fc.oneof(
  {
    weight: 40,
    arbitrary: fc.constantFrom(
      ...marks,
      "word ",
      "W".repeat(60),
      "\u00a0",
      "\u202e",
      "x\u0301\u0323",
      "ŵ",
      "\ufb01",
    ),
  },
  { weight: 20, arbitrary: fc.string({ unit: "grapheme-ascii", maxLength: 12 }) },
  // Mostly what cannot be printed.
  { weight: 1, arbitrary: fc.constantFrom("\ud800", "😀", "\u0000\u001b") },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 12 }) },
);
const text = fc.array(words, { maxLength: 40 }).map((parts) => parts.join(""));

test("whatever a letter says, it is refused or stands inside its margins", async () => {
  const pdfium = await openPdfium();
  let printed = 0;
  await fc.assert(
    fc.asyncProperty(text, text, text, async (content, value, contactBlock) => {
      const rendered = await render({
        content: `${content} ((value))`,
        subject: value.slice(0, 50),
        addressLines: [value, content.slice(0, 30), "LS1 4AP"],
        values: { value },
        contactBlock,
      });
      if (rendered.outcome !== "rendered") return;
      printed += 1;
      for (let page = 0; page < Math.min(rendered.pages, 20); page += 1) {
        for (const { text: line, left, right, baseline } of linesOf(pdfium, rendered.pdf, page)) {
          if (line === "NOTIFY" && page === 0) continue;
          expect(left).toBeGreaterThan(14.5);
          expect(right).toBeLessThan(195.5);
          expect(baseline).toBeLessThan(292);
        }
      }
    }),
    { numRuns: 80 },
  );
  expect(printed).toBeGreaterThan(10);
});

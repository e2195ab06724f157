import { expect, test } from "bun:test";
import fc from "fast-check";
import { splitFragments } from "../../api/console/notifications/fragments.ts";
import { countFragments } from "../../shared/template/fragments.ts";

test("a text is shown in as many parts as it is charged for, and whole", () => {
  const units = fc.array(fc.constantFrom("a", " ", "€", "{", "é", "\n"), { maxLength: 700 });
  fc.assert(
    fc.property(units, fc.constantFrom("gsm" as const, "unicode" as const), (characters, encoding) => {
      const text = characters.join("");
      const parts = splitFragments(text, encoding);
      expect(parts.join("")).toBe(text);
      expect(parts).toHaveLength(countFragments(text, encoding));
    }),
    { seed: 7, numRuns: 300 },
  );
});

test.each([
  ["a".repeat(160), "gsm", [160]],
  ["a".repeat(161), "gsm", [153, 8]],
  ["ŵ".repeat(70), "unicode", [70]],
  ["ŵ".repeat(71), "unicode", [67, 4]],
  // The euro sign takes two places and straddles: it goes on in the second.
  [`${"a".repeat(152)}€${"a".repeat(10)}`, "gsm", [152, 11]],
] as const)("%s as %s makes parts of %p", (text, encoding, lengths) => {
  expect(splitFragments(text, encoding).map((part) => part.length)).toEqual([...lengths]);
});

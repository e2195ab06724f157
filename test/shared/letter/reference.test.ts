import { expect, test } from "bun:test";
import { newLetterReference } from "../../../shared/letter/reference.ts";

test("a letter's reference is 16 capitals and digits, each as likely, and never the same", () => {
  const references = Array.from({ length: 20_000 }, newLetterReference);

  expect(references.filter((reference) => !/^[0-9A-Z]{16}$/.test(reference))).toEqual([]);
  expect(new Set(references).size).toBe(references.length);
  const counts = new Map<string, number>();
  for (const character of references.join("")) counts.set(character, (counts.get(character) ?? 0) + 1);
  expect(counts.size).toBe(36);
  // About 8,900 each; what a remainder prefers would be a seventh more.
  for (const count of counts.values()) expect(Math.abs(count - 320_000 / 36)).toBeLessThan(600);
});

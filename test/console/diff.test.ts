import { describe, expect, test } from "bun:test";
import { diffTexts, type Piece } from "../../api/console/templates/diff.ts";

const without = (pieces: readonly Piece[], kind: Piece["kind"]) =>
  pieces
    .filter((piece) => piece.kind !== kind)
    .map(({ text }) => text)
    .join("");

function written(before: string, after: string): string {
  const marks = {
    same: (text: string) => text,
    removed: (text: string) => `[-${text}-]`,
    added: (text: string) => `[+${text}+]`,
  };
  return diffTexts(before, after)
    .map(({ kind, text }) => marks[kind](text))
    .join("");
}

describe("the difference between two texts", () => {
  test.each([
    ["", "", ""],
    ["one two", "one two", "one two"],
    ["", "new", "[+new+]"],
    ["old", "", "[-old-]"],
    ["Come on Monday at nine", "Come on Tuesday at nine", "Come on [-Monday-][+Tuesday+] at nine"],
    ["pay the bill now", "pay this invoice now", "pay [-the bill-][+this invoice+] now"],
    ["a\nb\nc", "a\nc", "a\n[-b\n-]c"],
    ["a b", "a  b", "a [+ +]b"],
  ])("from %p to %p is %p", (before, after, expected) => {
    expect(written(before, after)).toBe(expected);
  });

  test.each([
    ["words in another order", "one two three four five", "five four three two one"],
    ["words that were left out", "x y z w", "x w"],
    ["texts of many lines", "line\n".repeat(3000), `${"line\n".repeat(1500)}more\n${"other\n".repeat(1500)}`],
    ["texts too long for lines", "a b\nc\n".repeat(4000), "d\ne f\n".repeat(4000)],
    ["placeholders and letters of two units", "((name)) 🎉 owes", "((full name)) 🎉🎉 owed"],
  ])("gives both back: %s", (_, before, after) => {
    const pieces = diffTexts(before, after);

    expect(without(pieces, "added")).toBe(before);
    expect(without(pieces, "removed")).toBe(after);
  });
});

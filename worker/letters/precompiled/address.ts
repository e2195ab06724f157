import { type PostalAddress, parsePostalAddress } from "../../../shared/recipient/postal-address.ts";
import { type PostalFault, postalFault } from "../../../shared/recipient/postal-faults.ts";
import type { PdfiumCharacter } from "../pdfium/page.ts";
import { type Area, pointsPerMm } from "./geometry.ts";
import type { RefusalCode } from "./refusal.ts";

/** Whether the middle of a character lies in an area of a page that is so many points high. */
export function isIn({ left, right, top, bottom }: PdfiumCharacter, area: Area, pageHeight: number): boolean {
  const x = (left + right) / 2 / pointsPerMm;
  const y = (pageHeight - (top + bottom) / 2) / pointsPerMm;
  return x > area.left && x < area.right && y > area.top && y < area.bottom;
}

/**
 * What characters say, a line for each line they stand on, from the top and from the left. Ligatures and other forms
 * become plain letters (NFKD, put together again: an accent belongs on its letter).
 */
export function linesOf(characters: readonly PdfiumCharacter[]): string[] {
  const lines: PdfiumCharacter[][] = [];
  for (const character of [...characters].sort((a, b) => b.baseline - a.baseline)) {
    const line = lines.at(-1);
    const last = line?.[0];
    if (line && last && last.baseline - character.baseline < heightOf(character) / 3) line.push(character);
    else lines.push([character]);
  }
  return lines.map(lineOf).filter((line) => line.trim() !== "");
}

function lineOf(characters: PdfiumCharacter[]): string {
  let text = "";
  let end = Number.NEGATIVE_INFINITY;
  // What is drawn twice, for boldness, is read once.
  let previous: PdfiumCharacter | null = null;
  for (const character of characters.sort((a, b) => a.left - b.left)) {
    if (previous !== null && isSame(previous, character)) continue;
    previous = character;
    // Words may be set apart without a space.
    const isApart = text !== "" && character.left - end > heightOf(character) / 6;
    if (isApart && !text.endsWith(" ") && character.text !== " ") text += " ";
    text += character.text;
    end = Math.max(end, character.right);
  }
  return text.normalize("NFKC");
}

function heightOf({ top, bottom }: PdfiumCharacter): number {
  return Math.max(top - bottom, 1);
}

function isSame(a: PdfiumCharacter, b: PdfiumCharacter): boolean {
  return a.text === b.text && Math.abs(a.left - b.left) < (a.right - a.left) / 4;
}

export type ReadAddress =
  | { outcome: "address"; address: PostalAddress }
  | { outcome: "refused"; code: RefusalCode };

/** Reads the lines of an address, and says what `spec/letters.md` 2.4 has against it. */
export function readAddress(
  lines: readonly string[],
  { allowsInternational }: { allowsInternational: boolean },
): ReadAddress {
  const address = parsePostalAddress(lines.join("\n"));
  if (address.lines.length === 0) return { outcome: "refused", code: "address-is-empty" };
  const fault = postalFault(address, { allowsInternational });
  return fault === null ? { outcome: "address", address } : { outcome: "refused", code: codes[fault] };
}

const codes: Readonly<Record<PostalFault, RefusalCode>> = {
  "too-few-lines": "not-enough-address-lines",
  "too-many-lines": "too-many-address-lines",
  "not-alphanumeric": "invalid-address-line-1-or-2",
  "bfpo-country": "has-country-for-bfpo-address",
  "no-postcode-or-country": "not-a-real-uk-postcode-or-country",
  "international-not-allowed": "cant-send-international-letters",
  "no-postcode": "not-a-real-uk-postcode",
  "forbidden-start": "invalid-char-in-address",
  "no-fixed-abode": "no-fixed-abode-address",
};

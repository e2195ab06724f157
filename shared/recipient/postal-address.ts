import type { JsonObject } from "../json/json.ts";
import { pythonText } from "../json/python.ts";
import { normaliseLines, tightPunctuation, whitespaceClass } from "../text/whitespace.ts";
import { findCountry, type Zone } from "./countries.ts";
import { normalisePostcode } from "./postcode.ts";

/** Where a letter goes, as notifications-utils `postal_address.py` reads it. `postalFault` says whether it can. */
export interface PostalAddress {
  /** As printed: what stands before, then postcode, BFPO number and country, where there are any. */
  lines: readonly string[];
  /** `LS1 4AP`; null where the address ends in none, and abroad. */
  postcode: string | null;
  /** British Forces Post Office: the number without leading zeros, or null. */
  bfpoNumber: string | null;
  /** Null inside the United Kingdom, and where the last line names no country. */
  abroad: { name: string; zone: Zone } | null;
}

const firstLines = [1, 2, 3, 4, 5, 6].map((number) => `address_line_${number}`);

/**
 * The address in a letter's personalisation, by the exact keys of the API. A seventh line takes the postcode's place
 * even when it is blank. A line break within a value makes two lines of it.
 */
export function addressIn(personalisation: JsonObject): string {
  const lastLine = Object.hasOwn(personalisation, "address_line_7") ? "address_line_7" : "postcode";
  return [...firstLines, lastLine]
    .map((key) => (Object.hasOwn(personalisation, key) ? (personalisation[key] ?? null) : null))
    .map((value) => (value === null ? "" : pythonText(value)))
    .join("\n");
}

/** Reads lines of any number and shape. */
export function parsePostalAddress(text: string): PostalAddress {
  const { lines, bfpoNumber } = withoutBfpo(cleanLines(text));
  const country = findCountry(lines.at(-1) ?? "");
  const bfpoLines = bfpoNumber === null ? [] : [`BFPO ${bfpoNumber}`];

  if (country !== null && country.zone !== null) {
    const abroad = { name: country.name, zone: country.zone };
    return { lines: [...lines.slice(0, -1), ...bfpoLines, abroad.name], postcode: null, bfpoNumber, abroad };
  }
  const ours = withoutUkNames(lines);
  const postcode = normalisePostcode(ours.at(-1) ?? "");
  const ending = postcode === null ? [] : [postcode];
  const rest = postcode === null ? ours : ours.slice(0, -1);
  return { lines: [...rest, ...ending, ...bfpoLines], postcode, bfpoNumber, abroad: null };
}

function cleanLines(text: string): string[] {
  return normaliseLines(text)
    .split("\n")
    .map((line) => line.replace(/(?<![ ,])[ ,]+$/, ""))
    .filter((line) => line !== "")
    .map(tightPunctuation);
}

/** Takes out the lines that are BFPO's and nothing else, if one of them has a number. */
function withoutBfpo(lines: readonly string[]): { lines: readonly string[]; bfpoNumber: string | null } {
  const numbers = lines.map((line) => bfpoLine.exec(line.replaceAll(" ", ""))?.[1] ?? null);
  const number = numbers.find((found) => found !== null && found !== "");
  if (!number) return { lines, bfpoNumber: null };
  return {
    lines: lines.filter((_, index) => numbers[index] === null),
    bfpoNumber: number.replace(/^0+(?=\d)/, ""),
  };
}

const bfpoLine = /^bfpo(?:c\/o)?(\d*)$/i;

/** `England`, then `UK` below it: both go. */
function withoutUkNames(lines: readonly string[]): readonly string[] {
  const last = lines.findLastIndex((line) => findCountry(line)?.zone !== null);
  return lines.slice(0, last + 1);
}

/** As it is stored, `to`: a line each. */
export function addressLines({ lines }: PostalAddress): string {
  return lines.join("\n");
}

/** As it is stored to be searched by, `normalised_to`: in lower case without any whitespace. */
export function searchableAddress({ lines }: PostalAddress): string {
  return lines.join("").replace(anySpace, "").toLowerCase();
}

const anySpace = new RegExp(`[${whitespaceClass}]+`, "g");

/** For people: `Ms A, 1 High St, Leeds, LS1 4AP`. */
export function addressOnOneLine({ lines }: PostalAddress): string {
  return lines.join(", ");
}

import { describe, expect, test } from "bun:test";
import { parsePostalAddress } from "../../../shared/recipient/postal-address.ts";
import {
  type PostalFault,
  postalFault,
  postalFaultMessages,
  postalRowFault,
  postalRowMessages,
} from "../../../shared/recipient/postal-faults.ts";

const alphanumeric = "The first 2 lines of the address must both include at least one alphanumeric character";

/** Lines separated by ` / `. Messages of the v2 API, with and without permission to send abroad. */
test.each([
  // The examples of the specification.
  ["Ms A / 1 High St , / Leeds, / ls14ap", null, null],
  ["Ms A / 1 High St / LS1 4AP / England / UK", null, null],
  ["Ms A / LS1 4AP / United Kingdom", "too-few-lines", "too-few-lines"],
  ["a / b / c / d / e / f / LS1 4AP / Wales", null, null],
  ["Ms A / 1 Rue X / 75001 Paris / Frankreich", "no-postcode-or-country", "no-postcode"],
  ["Ms A / 1 Rue X / Paris / france", null, "international-not-allowed"],
  ["Ms A / 1 Rue X / France / UK", "no-postcode-or-country", "no-postcode"],
  ["Ms A / St Helier / JE2 3AB / Jersey", null, null],
  ["Ms A / 1 Main St / GX11 1AA / Gibraltar", null, "international-not-allowed"],
  ["Sgt B / BFPO 12 / bf12at", null, null],
  ["Sgt B / Unit 1 / BFPO 12", null, null],
  ["Sgt B / BFPO 12", "too-few-lines", "too-few-lines"],
  ["Sgt B / Unit 1 / BFPO 12 / Germany", "bfpo-country", "bfpo-country"],
  ["Ж / 1 High St / LS1 4AP", "not-alphanumeric", "not-alphanumeric"],
  ["Ms A / 'The Oaks' / LS1 4AP", null, null],
  ['Ms A / "The Oaks" / LS1 4AP', "forbidden-start", "forbidden-start"],
  ["Ms A / N.F.A. / LS1 4AP", null, null],
  ["Ms A / 1 High St / Leeds LS1 4AP", "no-postcode-or-country", "no-postcode"],
  ["A / B", "too-few-lines", "too-few-lines"],
  // The number of lines.
  ["", "too-few-lines", "too-few-lines"],
  ["UK / UK / UK", "too-few-lines", "too-few-lines"],
  ["Ms A / 1 High St / LS1 4AP", null, null],
  ["a / b / c / d / e / f / g / LS1 4AP", "too-many-lines", "too-many-lines"],
  ["a / b / c / d / e / f / France", null, "international-not-allowed"],
  ["a / b / c / d / e / f / g / France", "too-many-lines", "too-many-lines"],
  ["a / b / c / d / e / LS1 4AP / BFPO 1", null, null],
  ["a / b / c / d / e / f / LS1 4AP / BFPO 1", "too-many-lines", "too-many-lines"],
  // A letter or digit of ASCII in each of the first two.
  ["? / 1 High St / LS1 4AP", "not-alphanumeric", "not-alphanumeric"],
  ["Ms A / --- / LS1 4AP", "not-alphanumeric", "not-alphanumeric"],
  ["Ms A / Улица 1 / LS1 4AP", null, null],
  ["Ms A / Улица / LS1 4AP", "not-alphanumeric", "not-alphanumeric"],
  ["Ms A / 1 High St / --- / LS1 4AP", null, null],
  ["7 / 8 / LS1 4AP", null, null],
  // What it ends in.
  ["Ms A / 1 High St / LS1 4CP", "no-postcode-or-country", "no-postcode"],
  ["Ms A / 1 High St / Leeds / BFPO", "no-postcode-or-country", "no-postcode"],
  ["Ms A / 1 High St / GX11 1AA", "no-postcode-or-country", "no-postcode"],
  ["Ms A / 1 High St / Россия", null, "international-not-allowed"],
  ["Ms A / LS1 4AP / 1 High St", "no-postcode-or-country", "no-postcode"],
  // How no line may start.
  ["@ Ms A / 1 High St / LS1 4AP", "forbidden-start", "forbidden-start"],
  ["Ms A / (1 High St / LS1 4AP", "forbidden-start", "forbidden-start"],
  ["Ms A / ) 1 High St / LS1 4AP", "forbidden-start", "forbidden-start"],
  ["Ms A / =1 / LS1 4AP", "forbidden-start", "forbidden-start"],
  ["Ms A / 1 / [x / LS1 4AP", "forbidden-start", "forbidden-start"],
  ["Ms A / 1 / ]x / LS1 4AP", "forbidden-start", "forbidden-start"],
  ["Ms A / 1 / \\x / LS1 4AP", "forbidden-start", "forbidden-start"],
  ["Ms A / 1 / ,x / LS1 4AP", "forbidden-start", "forbidden-start"],
  ["Ms A / 1 / <x / LS1 4AP", "forbidden-start", "forbidden-start"],
  ["Ms A / 1 / >x / LS1 4AP", "forbidden-start", "forbidden-start"],
  ["Ms A / 1 / ~x / LS1 4AP", "forbidden-start", "forbidden-start"],
  ["Ms A / 1 / “x” / LS1 4AP", null, null],
  ["Ms A / 1 / #x & y! / LS1 4AP", null, null],
  ["Ms (A) / 1 @ High / St ~ / LS1 4AP", null, null],
  // Nowhere.
  ["NFA / 1 High St / LS1 4AP", "no-fixed-abode", "no-fixed-abode"],
  ["Ms A / nfa / LS1 4AP", "no-fixed-abode", "no-fixed-abode"],
  ["Ms A / NFA, / LS1 4AP", "no-fixed-abode", "no-fixed-abode"],
  ["Ms A / NFA House / LS1 4AP", null, null],
  ["Ms A / of No Fixed Abode, / LS1 4AP", "no-fixed-abode", "no-fixed-abode"],
  ["Ms A / (no fixed address) / LS1 4AP", "forbidden-start", "forbidden-start"],
  ["Ms A / no  fixed   address / LS1 4AP", "no-fixed-abode", "no-fixed-abode"],
  ["Ms A / no fixed / abode / LS1 4AP", null, null],
  // Several at once: the first in order.
  ["! / !", "too-few-lines", "too-few-lines"],
  ["! / a / b / c / d / e / f / g", "too-many-lines", "too-many-lines"],
  ["! / @ / Leeds", "not-alphanumeric", "not-alphanumeric"],
  ["Ms A / @ 1 / Leeds", "no-postcode-or-country", "no-postcode"],
  ["Ms A / NFA / Leeds", "no-postcode-or-country", "no-postcode"],
  ["@ Ms A / NFA / LS1 4AP", "forbidden-start", "forbidden-start"],
  ["@ Sgt B / Unit / BFPO 1 / France", "bfpo-country", "bfpo-country"],
] as const)("%j: %p, at home only: %p", (address, abroadAllowed, homeOnly) => {
  const parsed = parsePostalAddress(address.replaceAll(" / ", "\n"));

  expect(postalFault(parsed, { allowsInternational: true })).toBe(abroadAllowed);
  expect(postalFault(parsed, { allowsInternational: false })).toBe(homeOnly);
});

test("no line may start with a slash", () => {
  const address = parsePostalAddress("Ms A\n/ High St\nLS1 4AP");

  expect(postalFault(address, { allowsInternational: true })).toBe("forbidden-start");
});

describe("in a spreadsheet", () => {
  test.each([
    ["! / !", "not-alphanumeric"],
    ["! / a / b / c / d / e / f / g", "not-alphanumeric"],
    ["Ms A", "too-few-lines"],
    ["", "too-few-lines"],
    ["Ms A / @ 1 / Leeds", "no-postcode-or-country"],
    ["Ms A / NFA / LS1 4AP", "no-fixed-abode"],
    ["Ms A / 1 High St / LS1 4AP", null],
  ] as const)("letters and digits are looked for first: %j: %p", (address, expected) => {
    const parsed = parsePostalAddress(address.replaceAll(" / ", "\n"));

    expect(postalRowFault(parsed, { allowsInternational: true })).toBe(expected);
  });
});

test.each<[PostalFault, string, string]>([
  ["too-few-lines", "Address must be at least 3 lines", "Address must be at least 3 lines long"],
  ["too-many-lines", "Address must be no more than 7 lines", "Address must be no more than 7 lines long"],
  ["not-alphanumeric", alphanumeric, alphanumeric],
  [
    "bfpo-country",
    "The last line of a BFPO address must not be a country.",
    "The last line of a BFPO address must not be a country.",
  ],
  [
    "no-postcode-or-country",
    "Last line of address must be a real UK postcode or another country",
    "Last line of the address must be a UK postcode or another country",
  ],
  [
    "international-not-allowed",
    "Must be a real UK postcode",
    "You do not have permission to send letters to other countries",
  ],
  ["no-postcode", "Must be a real UK postcode", "Last line of the address must be a real UK postcode"],
  [
    "forbidden-start",
    "Address lines must not start with any of the following characters: @ ( ) = [ ] ” \\ / , < >",
    'Address lines must not start with any of the following characters: @ ( ) = [ ] " \\ / , < > ~',
  ],
  ["no-fixed-abode", "Must be a real address", "This is not a real address"],
])("%s is said as Notify says it", (fault, api, row) => {
  expect(postalFaultMessages[fault]).toBe(api);
  expect(postalRowMessages[fault]).toBe(row);
});

import { expect, test } from "bun:test";
import { findDestination, phonePrefixOf } from "../../../shared/recipient/international-rates.ts";

const candidates = Array.from({ length: 9999 }, (_, index) => String(index + 1));

test("texts can go to 223 prefixes", () => {
  expect(candidates.filter((prefix) => findDestination(prefix) !== null)).toHaveLength(223);
});

test("every prefix without receipts is one texts can go to", () => {
  const silent = candidates.filter((prefix) => findDestination(prefix)?.sendsReceipts === false);

  expect(silent).toHaveLength(71);
});

test.each([247, 290, 688, 800, 808, 850, 870, 878, 881, 882, 883, 888, 979])("%d is left out", (code) => {
  expect(findDestination(String(code))).toBeNull();
});

test.each([
  [1, "2423571234", "1242"],
  [1, "2025550123", "1"],
  [44, "7400123456", "44"],
  [7, "9111234567", "7"],
])("+%d %s is billed as %s", (countryCode, national, expected) => {
  expect(phonePrefixOf(countryCode, national)).toBe(expected);
});

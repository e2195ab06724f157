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

test("42 of them take no names as senders", () => {
  const nameless = candidates.filter((prefix) => findDestination(prefix)?.takesNames === false);

  expect(nameless).toHaveLength(42);
});

test.each([
  ["1", 1, false, false],
  ["7", 10, true, true],
  ["27", 3, true, false],
  ["33", 2, true, true],
  ["44", 2, true, true],
  ["49", 5, true, true],
  ["52", 3, false, false],
  ["86", 1, false, false],
  ["93", 10, true, true],
  ["211", 8, false, true],
  ["246", 2, false, true],
  ["353", 2, true, true],
  ["886", 2, false, false],
  ["998", 12, true, true],
  ["1242", 3, false, false],
  ["1284", 5, true, true],
  ["1664", 6, true, false],
  ["1721", 2, false, true],
  ["1876", 7, true, true],
])(
  "+%s costs %d, sends receipts: %p, takes names: %p",
  (prefix, rateMultiplier, sendsReceipts, takesNames) => {
    expect(findDestination(prefix)).toEqual({ rateMultiplier, sendsReceipts, takesNames });
  },
);

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

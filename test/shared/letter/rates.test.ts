import { describe, expect, test } from "bun:test";
import { readConfig } from "../../../shared/config.ts";
import { letterCost } from "../../../shared/letter/rates.ts";

const settings = {
  DATABASE_URL: "postgres://localhost/a",
  ENCRYPTION_KEYS: `k:${Buffer.alloc(32).toString("base64")}`,
};
const ratesOf = (given?: string) =>
  readConfig({ ...settings, ...(given !== undefined && { LETTER_RATES_PENCE: given }) }).letters.rates;

describe("LETTER_RATES_PENCE", () => {
  test("gives a postage's rates for one sheet, two and so on; others keep theirs", () => {
    expect(ratesOf("second=41,49.5;rest-of-world=144;")).toEqual({
      ...ratesOf(),
      second: [41, 49.5],
      "rest-of-world": [144],
    });
  });

  test.each(["second", "second=", "second=a", "third=1", "second=1,,2", "second=-1", "second=1 first=2"])(
    "is refused as %p",
    (given) => {
      expect(() => ratesOf(given)).toThrow("LETTER_RATES_PENCE: must be postage=pence");
    },
  );
});

describe("a letter costs", () => {
  const rates = { ...ratesOf(), first: [82, 90.5] };

  test.each([
    [0, 0],
    [1, 0.82],
    [2, 0.905],
    [3, 0.905],
  ])("with %d sheets %d pounds", (sheets, pounds) => {
    expect(letterCost(rates, "first", sheets)).toBe(pounds);
  });
});

import { describe, expect, test } from "bun:test";
import { letterRateAt, type RateBook, smsRateAt } from "../../../shared/billing/rate-book.ts";

const at = (text: string) => new Date(text);
const letter = (startsAt: string, sheets: number, pounds: number, example = false) => ({
  ...{ startsAt: at(startsAt), endsAt: null, postage: "second", sheets, pounds, example },
});

const book: RateBook = {
  sms: [
    { validFrom: at("2000-01-01T00:00:00Z"), pounds: 0.05, example: true },
    { validFrom: at("2026-03-31T23:00:00Z"), pounds: 0.03, example: false },
    { validFrom: at("2025-03-31T23:00:00Z"), pounds: 0.02, example: false },
  ],
  letters: [
    letter("2000-01-01T00:00:00Z", 1, 9, true),
    letter("2000-01-01T00:00:00Z", 5, 9.5, true),
    letter("2025-03-31T23:00:00Z", 1, 0.6),
    letter("2025-03-31T23:00:00Z", 2, 0.65),
    { ...letter("2026-03-31T23:00:00Z", 2, 0.7), endsAt: at("2026-05-01T00:00:00Z") },
  ],
};

describe("a fragment costs", () => {
  test.each([
    ["an example's rate before any was agreed", "2025-03-31T22:59:59Z", 0.05],
    ["what was agreed, from its very instant", "2025-03-31T23:00:00Z", 0.02],
    ["the same until the next begins", "2026-03-31T22:59:59Z", 0.02],
    ["the next then", "2026-03-31T23:00:00Z", 0.03],
    ["nothing that is known before all of them", "1999-12-31T23:59:59Z", null],
  ])("%s", (_what, instant, pounds) => {
    expect(smsRateAt(book, at(instant))).toBe(pounds);
  });
});

describe("a letter costs", () => {
  test.each([
    ["by its sheets", "2025-06-01T00:00:00Z", "second", 1, 0.6],
    [
      "as the last where it has more, though an example has as many",
      "2025-06-01T00:00:00Z",
      "second",
      5,
      0.65,
    ],
    ["by an example before any was agreed", "2025-01-01T00:00:00Z", "second", 5, 9.5],
    ["by the newest, even past its end", "2026-06-01T00:00:00Z", "second", 2, 0.7],
    ["by the one before where the newest has other sheets", "2026-06-01T00:00:00Z", "second", 1, 0.6],
    ["nothing without a sheet", "2025-06-01T00:00:00Z", "second", 0, 0],
    ["nothing that is known at another postage", "2025-06-01T00:00:00Z", "first", 1, null],
  ])("%s", (_what, instant, postage, sheets, pounds) => {
    expect(letterRateAt(book, { at: at(instant), postage, sheets })).toBe(pounds);
  });
});

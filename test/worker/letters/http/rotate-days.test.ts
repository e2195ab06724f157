import { describe, expect, test } from "bun:test";
import { isFirstTuesday, isWednesdayAfter } from "../../../../worker/tasks/letters/rotate-dvla.ts";

const day = 86_400_000;
/** Every morning at nine from 2026 to 2035. */
const mornings = Array.from({ length: 3652 }, (_, n) => new Date(Date.UTC(2026, 0, 1, 9) + n * day));
const datesOf = (isDay: (at: Date) => boolean) =>
  mornings.filter(isDay).map((at) => at.toISOString().slice(0, 10));

describe("the days of rotation", () => {
  test("come once a month, one after the other", () => {
    const keys = mornings.filter(isFirstTuesday);

    expect(new Set(keys.map((at) => at.toISOString().slice(0, 7))).size).toBe(120);
    expect(keys).toHaveLength(120);
    expect(mornings.filter(isWednesdayAfter)).toEqual(keys.map((at) => new Date(at.getTime() + day)));
  });

  test.each([
    ["2026-12-01", "2026-12-02"],
    ["2026-07-07", "2026-07-08"],
    ["2027-01-05", "2027-01-06"],
  ])("are %s and %s", (keyDay, passwordDay) => {
    expect(datesOf(isFirstTuesday)).toContain(keyDay);
    expect(datesOf(isWednesdayAfter)).toContain(passwordDay);
  });
});

import { describe, expect, test } from "bun:test";
import { bounds, bucketCount, quantile } from "../../../shared/overview/time-buckets.ts";

/** Counts by the second at which their kind begins; 0: below the first. */
function counts(byBound: Record<number, number>): number[] {
  const made = Array.from({ length: bucketCount }, () => 0);
  for (const [bound, count] of Object.entries(byBound)) made[bounds.indexOf(Number(bound)) + 1] = count;
  return made;
}

describe("a time that a share did not exceed", () => {
  test.each([
    ["nothing", {}, 0.5, null],
    ["half of a kind", { 1: 10 }, 0.5, 1.25],
    ["all of a kind", { 1: 10 }, 1, 1.5],
    ["the first kind", { 0: 4 }, 0.5, 0.005],
    ["the end of the first of two", { 1: 50, 10: 50 }, 0.5, 1.5],
    ["the second of two", { 1: 50, 10: 50 }, 0.75, 12.5],
    ["a few late ones", { 0.1: 99, 60: 1 }, 0.99, 0.15],
    ["the one late one", { 0.1: 99, 60: 1 }, 0.995, 90],
    ["what is longer than any", { 259200: 3 }, 0.5, 259_200],
  ] as const)("is found among %s", (_what, byBound, share, expected) => {
    const found = quantile(counts(byBound), share);

    if (expected === null) expect(found).toBeNull();
    else expect(found).toBeCloseTo(expected, 6);
  });

  test("is not known where there are no counts", () => {
    expect(quantile([], 0.5)).toBeNull();
  });
});

test("kinds are in order, and none ends later than at four times its beginning", () => {
  for (const [n, bound] of bounds.entries()) {
    const before = bounds[n - 1];
    if (before !== undefined) expect([bound > before, bound / before <= 4]).toEqual([true, true]);
  }
});

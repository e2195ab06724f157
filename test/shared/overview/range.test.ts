import { describe, expect, test } from "bun:test";
import { coarseStepsOf, ranges, stepsOf } from "../../../shared/overview/range.ts";

const at = new Date("2026-03-10T12:34:56Z");

describe("the steps of a chart", () => {
  test.each([
    ["1h", 60, 60, "2026-03-10T11:34:00.000Z", "2026-03-10T12:34:00.000Z"],
    ["6h", 60, 360, "2026-03-10T06:34:00.000Z", "2026-03-10T12:34:00.000Z"],
    ["24h", 300, 288, "2026-03-09T12:35:00.000Z", "2026-03-10T12:35:00.000Z"],
    ["7d", 900, 672, "2026-03-03T12:45:00.000Z", "2026-03-10T12:45:00.000Z"],
    ["30d", 3600, 720, "2026-02-08T13:00:00.000Z", "2026-03-10T13:00:00.000Z"],
  ] as const)("of %s are %i seconds, %i of them", (range, seconds, count, from, to) => {
    const steps = stepsOf(range, at);

    expect(steps.stepSeconds).toBe(seconds);
    expect(steps.times).toHaveLength(count);
    expect([steps.from.toISOString(), steps.to.toISOString()]).toEqual([from, to]);
    expect(steps.times[0]).toBe(Date.parse(from) / 1000);
    expect(steps.times.at(-1)).toBe(Date.parse(to) / 1000 - seconds);
  });

  test("end with the minute that is over, at its very end too", () => {
    expect(stepsOf("1h", new Date("2026-03-10T12:00:00Z")).to.toISOString()).toBe("2026-03-10T12:00:00.000Z");
    expect(stepsOf("30d", new Date("2026-03-10T12:00:59Z")).to.toISOString()).toBe(
      "2026-03-10T12:00:00.000Z",
    );
    expect(stepsOf("30d", new Date("2026-03-10T12:01:00Z")).to.toISOString()).toBe(
      "2026-03-10T13:00:00.000Z",
    );
  });

  test("are fewer where each is much to read, and as long together", () => {
    const seconds = (steps: { stepSeconds: number; times: number[] }) =>
      steps.stepSeconds * steps.times.length;
    for (const range of ranges) {
      const coarse = coarseStepsOf(range, at);
      expect(coarse.times.length).toBeLessThanOrEqual(180);
      expect(seconds(coarse)).toBe(seconds(stepsOf(range, at)));
      expect(coarse.to.getTime()).toBeGreaterThanOrEqual(stepsOf(range, at).to.getTime());
    }
  });

  test("are never more than a chart can show", () => {
    for (const range of ranges) expect(stepsOf(range, at).times.length).toBeLessThanOrEqual(800);
  });
});

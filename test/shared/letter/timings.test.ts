import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { estimatedDelivery, letterTimings } from "../../../shared/letter/timings.ts";
import type { Postage } from "../../../shared/recipient/postage.ts";

const postages: Postage[] = ["first", "second", "economy", "europe", "rest-of-world"];

function datesOf(createdAt: string, postage: Postage): string[] {
  const { printedBy, earliestDelivery, latestDelivery } = letterTimings(new Date(createdAt), postage);
  return [printedBy, earliestDelivery, latestDelivery].map((at) => at.toISOString().slice(0, 10));
}

describe("when a letter is printed and delivered", () => {
  test.each([
    ["2026-08-20T16:29:00Z", "first", "2026-08-21", "2026-08-22", "2026-08-22"],
    ["2026-08-20T16:30:00Z", "second", "2026-08-24", "2026-08-28", "2026-09-01"],
    ["2026-12-23T12:00:00Z", "economy", "2026-12-24", "2027-01-04", "2027-01-07"],
    // 17:30 to the second, in summer and in winter.
    ["2026-08-20T16:29:59.999Z", "second", "2026-08-21", "2026-08-27", "2026-08-28"],
    ["2026-11-19T17:29:59.999Z", "first", "2026-11-20", "2026-11-21", "2026-11-21"],
    ["2026-11-19T17:30:00.000Z", "first", "2026-11-23", "2026-11-24", "2026-11-24"],
    // A weekend's and a Friday evening's are printed on Monday, and Sunday evening's on Tuesday.
    ["2026-11-20T17:30:00Z", "first", "2026-11-23", "2026-11-24", "2026-11-24"],
    ["2026-11-21T12:00:00Z", "first", "2026-11-23", "2026-11-24", "2026-11-24"],
    ["2026-11-22T17:29:59Z", "first", "2026-11-23", "2026-11-24", "2026-11-24"],
    ["2026-11-22T17:30:00Z", "first", "2026-11-24", "2026-11-25", "2026-11-25"],
    // First class arrives on a Saturday, but not where it is a bank holiday; nothing else does.
    ["2026-11-19T12:00:00Z", "first", "2026-11-20", "2026-11-21", "2026-11-21"],
    ["2026-11-16T12:00:00Z", "second", "2026-11-17", "2026-11-23", "2026-11-24"],
    ["2026-11-16T12:00:00Z", "economy", "2026-11-17", "2026-11-23", "2026-11-26"],
    ["2026-11-16T12:00:00Z", "europe", "2026-11-17", "2026-11-23", "2026-11-25"],
    ["2026-11-16T12:00:00Z", "rest-of-world", "2026-11-17", "2026-11-25", "2026-11-27"],
    // Easter 2027: Good Friday on 26 March, Easter Monday on 29 March, clocks change between.
    ["2027-03-24T12:00:00Z", "first", "2027-03-25", "2027-03-27", "2027-03-27"],
    ["2027-03-25T12:00:00Z", "first", "2027-03-30", "2027-03-31", "2027-03-31"],
    ["2027-03-25T18:00:00Z", "second", "2027-03-30", "2027-04-05", "2027-04-06"],
    // The day after 23:00 UTC in summer.
    ["2026-08-19T23:30:00Z", "first", "2026-08-21", "2026-08-22", "2026-08-22"],
  ] as const)(
    "created %s, %s class: printed by %s, delivered %s to %s",
    (at, postage, printed, earliest, latest) => {
      expect(datesOf(at, postage)).toEqual([printed, earliest, latest]);
    },
  );

  test("is printed by three and delivered at four in London, in summer and winter", () => {
    expect(letterTimings(new Date("2026-08-20T12:00:00Z"), "first")).toEqual({
      printedBy: new Date("2026-08-21T14:00:00Z"),
      earliestDelivery: new Date("2026-08-22T15:00:00Z"),
      latestDelivery: new Date("2026-08-22T15:00:00Z"),
    });
    expect(letterTimings(new Date("2026-10-22T12:00:00Z"), "second")).toEqual({
      printedBy: new Date("2026-10-23T14:00:00Z"),
      earliestDelivery: new Date("2026-10-29T16:00:00Z"),
      latestDelivery: new Date("2026-10-30T16:00:00Z"),
    });
  });

  test("never goes back as letters come later", () => {
    const instant = fc.date({
      min: new Date("2013-01-01"),
      max: new Date("2060-01-01"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instant, fc.nat(10 * 24 * 60), fc.constantFrom(...postages), (at, minutes, postage) => {
        const one = letterTimings(at, postage);
        const other = letterTimings(new Date(at.getTime() + minutes * 60_000), postage);
        expect(one.printedBy.getTime()).toBeLessThanOrEqual(other.printedBy.getTime());
        expect(one.earliestDelivery.getTime()).toBeLessThanOrEqual(one.latestDelivery.getTime());
        expect(one.latestDelivery.getTime()).toBeLessThanOrEqual(other.latestDelivery.getTime());
        expect(one.printedBy.getTime()).toBeGreaterThan(at.getTime());
      }),
    );
  });
});

describe("the estimated delivery", () => {
  test.each([
    ["2024-05-17T15:58:38.342Z", "second", "2024-05-28T15:00:38.342Z"],
    ["2026-08-20T16:29:00.000Z", "first", "2026-08-22T15:00:00.000Z"],
    ["2026-12-23T12:00:59.999Z", "economy", "2027-01-07T16:00:59.999Z"],
    ["2026-11-16T12:00:01.000Z", "europe", "2026-11-25T16:00:01.000Z"],
    ["2026-11-16T12:00:01.000Z", "rest-of-world", "2026-11-27T16:00:01.000Z"],
  ] as const)("of one created %s, %s class, is %s", (at, postage, expected) => {
    expect(estimatedDelivery(new Date(at), postage).toISOString()).toBe(expected);
  });
});

test("holidays that were loaded count as those known by rule", () => {
  const at = new Date("2026-11-16T12:00:00Z");
  const loaded = new Map([
    ["2026-11-17", true],
    ["2026-11-19", true],
  ]);

  const dates = Object.values(letterTimings(at, "first", loaded)).map((day) =>
    day.toISOString().slice(0, 10),
  );

  expect(dates).toEqual(["2026-11-18", "2026-11-20", "2026-11-20"]);
  expect(estimatedDelivery(at, "first", loaded).toISOString()).toBe("2026-11-20T16:00:00.000Z");
});

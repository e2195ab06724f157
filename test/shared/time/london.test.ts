import { describe, expect, test } from "bun:test";
import { londonDate, londonMidnight, parseLondonTime } from "../../../shared/time/london.ts";

const hourMs = 60 * 60 * 1000;

describe("parseLondonTime", () => {
  const cases: [text: string, instant: string | null][] = [
    ["2026-07-05 17:01:07", "2026-07-05T16:01:07.000Z"],
    ["2026-01-05 17:01:07", "2026-01-05T17:01:07.000Z"],
    ["2026-07-05T17:01:07", "2026-07-05T16:01:07.000Z"],
    ["2026-07-05 17:01", "2026-07-05T16:01:00.000Z"],
    [" 2026-07-05 17:01:07 ", "2026-07-05T16:01:07.000Z"],
    ["2026-07-05 17:01:07.5", "2026-07-05T16:01:07.500Z"],
    ["2026-07-05 17:01:07.123456", "2026-07-05T16:01:07.123Z"],
    ["2026-07-05T17:01:07Z", "2026-07-05T17:01:07.000Z"],
    ["2026-07-05T17:01:07z", "2026-07-05T17:01:07.000Z"],
    ["2026-07-05 17:01:07+01:00", "2026-07-05T16:01:07.000Z"],
    ["2026-07-05 17:01:07 +0100", "2026-07-05T16:01:07.000Z"],
    ["2026-07-05 17:01:07+01", "2026-07-05T16:01:07.000Z"],
    ["2026-07-05 17:01:07+00:00", "2026-07-05T17:01:07.000Z"],
    ["2026-07-05 17:01:07-05:30", "2026-07-05T22:31:07.000Z"],
    ["2026-07-05 00:30:00", "2026-07-04T23:30:00.000Z"],
    ["2024-02-29 12:00:00", "2024-02-29T12:00:00.000Z"],
    ["1970-06-01 12:00:00", "1970-06-01T11:00:00.000Z"],
    // In the gap, and in the hour that comes twice.
    ["2026-03-29 01:30:00", "2026-03-29T01:30:00.000Z"],
    ["2026-10-25 01:30:00", "2026-10-25T00:30:00.000Z"],
    ["2026-10-25 01:30:00+00:00", "2026-10-25T01:30:00.000Z"],
    ["", null],
    ["yesterday", null],
    ["None", null],
    ["2026-07-05", null],
    ["2026-02-30 12:00:00", null],
    ["2025-02-29 12:00:00", null],
    ["2026-13-01 12:00:00", null],
    ["2026-00-10 12:00:00", null],
    ["2026-07-05 24:00:00", null],
    ["2026-07-05 17:60:00", null],
    ["2026-07-05 17:01:60", null],
    ["2026-07-05 17:01:07+25:00", null],
    ["2026-07-05 17:01:07 BST", null],
    ["1969-12-31 23:59:59", null],
    ["1970-01-01 00:30:00+05:00", null],
    ["9999-12-31 23:59:59", null],
    ["05/07/2026 17:01:07", null],
    ["1783267267", null],
  ];

  test.each(cases)("%p is %p", (text, instant) => {
    expect(parseLondonTime(text)?.toISOString() ?? null).toBe(instant);
  });
});

const years = Array.from({ length: 51 }, (_, index) => 2000 + index);

/** 01:00 UTC on a month's last Sunday, when clocks change all over Europe. */
function lastSunday(year: number, month: number): Date {
  const last = new Date(Date.UTC(year, month, 0, 1));
  last.setUTCDate(last.getUTCDate() - last.getUTCDay());
  return last;
}

function wall(at: Date): string {
  return at.toISOString().slice(0, 19).replace("T", " ");
}

function moved(at: Date, hours: number): Date {
  return new Date(at.getTime() + hours * hourMs);
}

describe.each(years)("in %p", (year) => {
  const spring = lastSunday(year, 3);
  const autumn = lastSunday(year, 10);

  test("the clock skips an hour in spring", () => {
    expect(parseLondonTime(wall(moved(spring, -1 / 3600)))).toEqual(moved(spring, -1 / 3600));
    // 01:00 to 01:59:59 do not come.
    expect(parseLondonTime(wall(spring))).toEqual(spring);
    expect(parseLondonTime(wall(moved(spring, 0.5)))).toEqual(moved(spring, 0.5));
    expect(parseLondonTime(wall(moved(spring, 1)))).toEqual(spring);
  });

  test("an hour comes twice in autumn, and means its first coming", () => {
    expect(parseLondonTime(wall(moved(autumn, -1 / 3600)))).toEqual(moved(autumn, -1 - 1 / 3600));
    expect(parseLondonTime(wall(autumn))).toEqual(moved(autumn, -1));
    expect(parseLondonTime(wall(moved(autumn, 0.999)))).toEqual(
      new Date(Math.floor(+moved(autumn, -0.001) / 1000) * 1000),
    );
    expect(parseLondonTime(wall(moved(autumn, 1)))).toEqual(moved(autumn, 1));
  });

  test("every day begins at midnight in London", () => {
    for (let day = Date.UTC(year, 0, 1); day < Date.UTC(year + 1, 0, 1); day += 24 * hourMs) {
      const date = new Date(day).toISOString().slice(0, 10);
      const summer = day > +spring && day <= +autumn;

      const midnight = londonMidnight(date);

      expect(midnight.getTime()).toBe(summer ? day - hourMs : day);
      expect(londonDate(midnight)).toBe(date);
      expect(londonDate(new Date(midnight.getTime() - 1))).not.toBe(date);
    }
  });
});

test.each(["2026-02-30", "2026-7-5", "today", ""])("%p has no midnight", (date) => {
  expect(() => londonMidnight(date)).toThrow("is not a date");
});

test("londonDate is London's in the last hour of a summer's day in UTC", () => {
  expect(londonDate(new Date("2026-07-05T23:30:00Z"))).toBe("2026-07-06");
  expect(londonDate(new Date("2026-01-05T23:30:00Z"))).toBe("2026-01-05");
});

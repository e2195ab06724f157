import { describe, expect, test } from "bun:test";
import {
  deadlineOf,
  isRunTime,
  lastClosed,
  printDateOf,
  runTimeOf,
} from "../../../shared/letter/print-day.ts";
import { isBankHoliday } from "../../../shared/time/bank-holidays.ts";
import { addDays } from "../../../shared/time/calendar.ts";
import { utcCron } from "../../../worker/schedules.ts";

const dates: string[] = [];
for (let date = "2020-01-01"; date < "2036-01-01"; date = addDays(date, 1)) dates.push(date);
const hourMs = 3_600_000;

describe("printDateOf", () => {
  test.each([
    // GMT, and BST an hour ahead of UTC.
    ["2018-12-10T17:29:59.999Z", "2018-12-10"],
    ["2018-12-10T17:30:00.000Z", "2018-12-11"],
    ["2018-12-10T17:30:01.000Z", "2018-12-11"],
    ["2018-07-10T16:29:59.999Z", "2018-07-10"],
    ["2018-07-10T16:30:00.000Z", "2018-07-11"],
    ["2018-07-10T16:30:01.000Z", "2018-07-11"],
    // Around midnight, UTC's and London's.
    ["2018-07-10T22:59:59.999Z", "2018-07-11"],
    ["2018-07-10T23:10:00.000Z", "2018-07-11"],
    ["2018-07-11T00:00:00.000Z", "2018-07-11"],
    ["2018-12-10T23:59:59.999Z", "2018-12-11"],
    ["2018-12-11T00:00:00.000Z", "2018-12-11"],
    // The evenings before, of and after both changes of 2026.
    ["2026-03-28T17:29:59.999Z", "2026-03-28"],
    ["2026-03-28T17:30:00.000Z", "2026-03-29"],
    ["2026-03-29T00:59:59.999Z", "2026-03-29"],
    ["2026-03-29T01:00:00.000Z", "2026-03-29"],
    ["2026-03-29T16:29:59.999Z", "2026-03-29"],
    ["2026-03-29T16:30:00.000Z", "2026-03-30"],
    ["2026-10-24T16:29:59.999Z", "2026-10-24"],
    ["2026-10-24T16:30:00.000Z", "2026-10-25"],
    ["2026-10-25T00:30:00.000Z", "2026-10-25"],
    ["2026-10-25T01:30:00.000Z", "2026-10-25"],
    ["2026-10-25T17:29:59.999Z", "2026-10-25"],
    ["2026-10-25T17:30:00.000Z", "2026-10-26"],
    // Bank holidays, weekends and the year's end have their runs too.
    ["2026-12-25T12:00:00.000Z", "2026-12-25"],
    ["2026-12-31T17:29:59.999Z", "2026-12-31"],
    ["2026-12-31T17:30:00.000Z", "2027-01-01"],
    ["2027-01-01T17:29:59.999Z", "2027-01-01"],
    ["2028-02-28T17:30:00.000Z", "2028-02-29"],
    ["2028-02-29T17:30:00.000Z", "2028-03-01"],
  ])("puts what is made at %s into the run of %s", (at, date) => {
    expect(printDateOf(new Date(at))).toBe(date);
  });

  test("gives every instant from 2020 to 2035 one run, without gap or overlap", () => {
    const wrong = dates.filter((date) => {
      const end = deadlineOf(date).getTime();
      const before = deadlineOf(addDays(date, -1)).getTime();
      return (
        ![23, 24, 25].includes((end - before) / hourMs) ||
        printDateOf(new Date(end - 1)) !== date ||
        printDateOf(new Date(end)) !== addDays(date, 1) ||
        printDateOf(new Date(before)) !== date ||
        lastClosed(new Date(end)) !== date ||
        lastClosed(new Date(end - 1)) !== addDays(date, -1) ||
        runTimeOf(date).getTime() - end !== 20 * 60_000
      );
    });

    expect(wrong).toEqual([]);
    expect(dates).toHaveLength(5844);
    expect(dates.filter((date) => isBankHoliday(date)).length).toBeGreaterThan(120);
  });
});

describe("deadlineOf", () => {
  test.each(["2026-02-30", "2026-1-1", "today", ""])("knows no date %p", (date) => {
    expect(() => deadlineOf(date)).toThrow(RangeError);
  });
});

describe("the schedule of print runs", () => {
  test("has one tick at 17:50 in London on each day from 2020 to 2035", () => {
    const cron = utcCron("50 16,17 * * *", () => {});
    let at = new Date("2019-12-31T23:00:00Z");
    const begun: string[] = [];
    for (let n = 0; n < 2 * dates.length; n++) {
      const next = cron.nextRun(at);
      if (!next) break;
      at = next;
      if (isRunTime(at)) begun.push(at.toISOString());
    }
    cron.stop();

    expect(begun).toEqual(dates.map((date) => runTimeOf(date).toISOString()));
  });

  test.each([
    ["2026-07-01T16:49:59Z", false],
    ["2026-07-01T16:50:00Z", true],
    ["2026-07-01T17:49:59Z", true],
    ["2026-07-01T17:50:00Z", false],
    ["2026-12-01T16:50:00Z", false],
    ["2026-12-01T17:50:00Z", true],
    ["2026-12-01T18:50:00Z", false],
  ])("begins a run at %s: %p", (at, expected) => {
    expect(isRunTime(new Date(at))).toBe(expected);
  });
});

import { describe, expect, test } from "bun:test";
import {
  answersDue,
  endOf,
  isLondonHour,
  printedDeadline,
  sendingSince,
} from "../../../shared/letter/dvla-deadlines.ts";
import { addDays } from "../../../shared/time/calendar.ts";

const evening = (date: string) => new Date(`${date}T19:00:00Z`);

describe("what the printer ought to have done", () => {
  test.each([
    // Monday to Friday of a plain week.
    ["2026-11-16", "2026-11-12", "2026-11-13"],
    ["2026-11-17", "2026-11-13", "2026-11-16"],
    ["2026-11-18", "2026-11-16", "2026-11-17"],
    ["2026-11-19", "2026-11-17", "2026-11-18"],
    ["2026-11-20", "2026-11-18", "2026-11-19"],
    ["2026-11-21", null, null],
    ["2026-11-22", null, null],
    // Christmas Day is a Friday, Boxing Day's holiday the Monday after.
    ["2026-12-24", "2026-12-22", "2026-12-23"],
    ["2026-12-25", null, null],
    ["2026-12-28", null, null],
    ["2026-12-29", "2026-12-23", "2026-12-24"],
    ["2026-12-30", "2026-12-24", "2026-12-29"],
    // Over New Year.
    ["2027-01-04", "2026-12-30", "2026-12-31"],
  ])(
    "on %s looks at what went until %s, and wants answers to what went until %s",
    (date, sending, answers) => {
      expect(sendingSince(evening(date))).toBe(sending);
      expect(answersDue(evening(date))).toBe(answers);
    },
  );

  test("keeps the holidays that were loaded", () => {
    const loaded = new Map([["2026-11-18", true]]);

    expect(sendingSince(evening("2026-11-18"), loaded)).toBeNull();
    expect(sendingSince(evening("2026-11-19"), loaded)).toBe("2026-11-16");
    expect(answersDue(evening("2026-11-19"), loaded)).toBe("2026-11-17");
  });

  test("a London date ends at London's midnight", () => {
    expect(endOf("2026-11-18").toISOString()).toBe("2026-11-19T00:00:00.000Z");
    expect(endOf("2026-07-18").toISOString()).toBe("2026-07-18T23:00:00.000Z");
  });

  test.each([
    ["2026-11-20T07:00:00Z", "2026-11-19T17:30:00.000Z"],
    ["2026-07-20T07:00:00Z", "2026-07-19T16:30:00.000Z"],
    // The morning after each change of clocks.
    ["2026-03-30T07:00:00Z", "2026-03-29T16:30:00.000Z"],
    ["2026-10-26T07:00:00Z", "2026-10-25T17:30:00.000Z"],
  ])("at %s letters made before %s should have been printed", (at, deadline) => {
    expect(printedDeadline(new Date(at)).toISOString()).toBe(deadline);
  });

  test("23:00 in London is at one of two ticks on every day of 2020 to 2035", () => {
    for (let date = "2020-01-01"; date < "2036-01-01"; date = addDays(date, 1)) {
      const ticks = [22, 23].filter((hour) => isLondonHour(new Date(`${date}T${hour}:00:00Z`), 23));
      expect([date, ticks.length]).toEqual([date, 1]);
    }
  });
});

import { expect, test } from "bun:test";
import { isBankHoliday } from "../../../shared/time/bank-holidays.ts";
import { addDays } from "../../../shared/time/calendar.ts";

/** As GOV.UK published them. */
test.each([
  [2015, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"],
  [2016, "01-01 03-25 03-28 05-02 05-30 08-29 12-26 12-27"],
  [2017, "01-02 04-14 04-17 05-01 05-29 08-28 12-25 12-26"],
  [2018, "01-01 03-30 04-02 05-07 05-28 08-27 12-25 12-26"],
  [2019, "01-01 04-19 04-22 05-06 05-27 08-26 12-25 12-26"],
  [2020, "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28"],
  [2021, "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28"],
  [2022, "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27"],
  [2023, "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26"],
  [2024, "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26"],
  [2025, "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26"],
  [2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"],
  [2027, "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28"],
])("the bank holidays of %d", (year, expected) => {
  const days = Array.from({ length: 366 }, (_, index) => addDays(`${year}-01-01`, index));
  const holidays = days.filter((date) => date.startsWith(String(year)) && isBankHoliday(date));

  expect(holidays.map((date) => date.slice(5)).join(" ")).toBe(expected);
});

/** From tables of Easter. */
test.each(["2029-04-02", "2030-04-22", "2031-04-14", "2032-03-29", "2035-03-26", "2038-04-26", "2049-04-19"])(
  "%s is Easter Monday",
  (date) => {
    expect(isBankHoliday(date)).toBe(true);
    expect(isBankHoliday(addDays(date, -3))).toBe(true);
  },
);

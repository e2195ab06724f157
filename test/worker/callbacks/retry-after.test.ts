import { expect, test } from "bun:test";
import { retryAfterSeconds } from "../../../worker/callbacks/retry-after.ts";

const now = new Date("2026-11-21T10:00:00.500Z");

test.each<[header: string | null, seconds: number | null]>([
  [null, null],
  ["", null],
  ["0", 0],
  ["120", 120],
  [" 120 ", 120],
  ["999999999", 999_999_999],
  ["9999999999", null],
  ["-5", null],
  ["1.5", null],
  ["1e3", null],
  ["soon", null],
  ["2026", 2026],
  ["2026-11-21", null],
  ["Sat, 21 Nov 2026 10:01:00 GMT", 60],
  ["Saturday, 21-Nov-26 10:01:00 GMT", 60],
  ["Sat Nov 21 10:01:00 2026", 60],
  ["Sat, 21 Nov 2026 09:00:00 GMT", 0],
  ["Sat, 99 Nov 2026 09:00:00 GMT", null],
])("Retry-After %p asks for %p seconds", (header, seconds) => {
  expect(retryAfterSeconds(header, now)).toBe(seconds);
});

import { expect, test } from "bun:test";
import { parseInstant } from "../../../shared/time/instant.ts";

test.each([
  ["2026-07-01", "2026-07-01T00:00:00.000Z"],
  ["2026-07-01T09:30:00Z", "2026-07-01T09:30:00.000Z"],
  ["2026-07-01T09:30+01:00", "2026-07-01T08:30:00.000Z"],
  ["2026-07-01T09:30:00.123456Z", "2026-07-01T09:30:00.123Z"],
  ["2024-02-29", "2024-02-29T00:00:00.000Z"],
  ["2026-07-01T23:30:00-02:00", "2026-07-02T01:30:00.000Z"],
])("%s is %s", (text, instant) => {
  expect(parseInstant(text)?.toISOString()).toBe(instant);
});

test.each([
  "",
  "yesterday",
  "2026-02-31",
  "2026-02-29T00:00:00Z",
  "2026-13-01",
  "2026-07-01T09:30:00",
  "1751362200",
  "2026-07-01T25:00:00Z",
])("%j is no instant", (text) => {
  expect(parseInstant(text)).toBeNull();
});

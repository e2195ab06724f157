import { expect, test } from "bun:test";
import { readConfig } from "../../../shared/config.ts";
import { retryInSeconds } from "../../../worker/callbacks/backoff.ts";

const scheduleOf = (setting?: string) =>
  readConfig({
    DATABASE_URL: "postgres://h/d",
    ENCRYPTION_KEYS: `k:${Buffer.alloc(32).toString("base64")}`,
    CALLBACK_RETRY: setting,
  }).callbacks.retry;

function delays(setting: string | undefined, random: number): number[] {
  const all: number[] = [];
  for (let attempt = 1; ; attempt++) {
    const seconds = retryInSeconds(scheduleOf(setting), { attempt, retryAfterSeconds: null }, random);
    if (seconds === null) return all;
    all.push(Math.round(seconds));
  }
}

const minutes = 60;
const hours = 3600;

test.each([
  [
    "the default",
    undefined,
    0.5,
    [5, 5 * minutes, 30 * minutes, ...[2, 5, 10, 14, 20, 24].map((h) => h * hours)],
  ],
  [
    "the default, at its earliest",
    "default",
    0,
    [4, 240, 1440, 5760, 14_400, 28_800, 40_320, 57_600, 69_120],
  ],
  ["the default, at its latest", "default", 1, [6, 360, 2160, 8640, 21_600, 43_200, 60_480, 86_400, 103_680]],
  ["Notify's", "notify", 0, [300, 300, 300, 300, 300]],
  ["one of an operator's own", "10,60,3600", 0.5, [10, 60, 3600]],
  ["one of an operator's own, at its earliest", "10,60", 0, [8, 48]],
  ["none", "none", 0.5, []],
])("%s is a schedule of retries", (_name, setting, random, expected) => {
  expect(delays(setting, random)).toEqual(expected);
});

test.each([
  // A receiver's wish, the attempt that failed, chance; what becomes of it.
  [null, 1, 0.5, 5],
  [0, 1, 0.5, 5],
  [-100, 1, 0.5, 5],
  [8, 1, 0.5, 8],
  [10, 1, 0.5, 10],
  [11, 1, 0.5, 10],
  [1e12, 1, 0.5, 10],
  [4, 1, 1, 6],
  [5, 1, 0, 5],
  [400, 2, 0.5, 400],
  [86_400, 2, 0.5, 600],
  [172_800, 9, 0.5, 172_800],
  [30, 10, 0.5, null],
])(
  "a receiver that asks for %p s after attempt %i (chance %p) is tried again in %p s",
  (asked, attempt, random, seconds) => {
    expect(retryInSeconds(scheduleOf(), { attempt, retryAfterSeconds: asked }, random)).toBe(seconds);
  },
);

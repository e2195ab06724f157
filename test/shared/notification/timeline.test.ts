import { describe, expect, test } from "bun:test";
import { slicesOf } from "../../../shared/notification/sweeps.ts";
import { readSteps, type Step, wordsOf, writeSteps } from "../../../shared/notification/timeline.ts";
import { processorClock } from "../../support/processor.ts";

const at = new Date("2026-08-05T09:00:00.123Z");
const receipt = { kind: "receipt", at, provider: "mmg", status: "delivered" } as const;

describe("steps", () => {
  test.each<[string, Step]>([
    ["accepted", { kind: "attempt", at, provider: "mmg", outcome: "accepted", durationMs: 35, words: null }],
    ["rejected", { kind: "attempt", at, provider: "ses", outcome: "rejected", durationMs: 0, words: "No" }],
    [
      "unavailable",
      {
        kind: "attempt",
        at,
        provider: "firetext",
        outcome: "unavailable",
        durationMs: 10_000,
        words: "Answered 503",
      },
    ],
    [
      "failed",
      { kind: "attempt", at, provider: null, outcome: "failed", durationMs: null, words: "No template" },
    ],
    ["lost", { kind: "attempt", at, provider: null, outcome: "lost", durationMs: null, words: null }],
    ["a receipt", { ...receipt, code: "3", detail: "5", reason: "Delivered to handset", happenedAt: at }],
    ["a bare receipt", { ...receipt, code: null, detail: null, reason: null, happenedAt: null }],
    ["an end", { kind: "end", at, status: "temporary-failure", reason: "No receipt came in time" }],
    ["an end without a reason", { kind: "end", at, status: "technical-failure", reason: null }],
  ])("%s is read as it was written, on one line", (_what, step) => {
    const written = writeSteps([step]);

    expect(readSteps(written)).toEqual([step]);
    expect(written).not.toContain("\n");
  });

  test("take few bytes: those of an ordinary text under 120", () => {
    const written = writeSteps([
      { kind: "attempt", at, provider: "mmg", outcome: "accepted", durationMs: 35, words: null },
      { ...receipt, code: "3", detail: "5", reason: "Delivered to handset", happenedAt: at },
    ]);

    expect(written?.length).toBeLessThan(120);
  });

  test("that cannot be read are left out", () => {
    const end = writeSteps([{ kind: "end", at, status: "delivered", reason: null }]);

    expect(readSteps(`["z",1,2]\n{"a":\n${end}\n["e",1,"lost","?"]\n\nnull`)).toHaveLength(1);
    expect(readSteps(null)).toEqual([]);
    expect(readSteps("")).toEqual([]);
  });

  test("of which there is none are nothing", () => {
    expect(writeSteps([])).toBeNull();
  });
});

describe("words", () => {
  test.each([
    ["Answered 503", "Answered 503"],
    ["Number 447700900123 is barred", "Number … is barred"],
    ["Number +44 7700 900 123 is barred", "Number … is barred"],
    ["07700-900-123", "…"],
    ["(0770) 0900 123!", "(…!"],
    ["to=447700900123&x=1", "to=…&x=1"],
    ["error 123456 at 12", "error 123456 at 12"],
    ["No such user: Ada.Lovelace+1@example.com.", "No such user: …"],
    ["<ada@example.com> unknown", "<…> unknown"],
    ["to=ada%40example.com&x", "…"],
    ["two\r\nlines\tand\u0000 more", "two lines and more"],
    ["\u001b[31mred", "[31mred"],
    ["\ud800 half", "\ufffd half"],
    ["x".repeat(300), "x".repeat(200)],
    [`${"x".repeat(195)} 447700900123`, `${"x".repeat(195)} …`],
    [`${"1 ".repeat(5000)}`, "…"],
  ])("%p become %p", (text, kept) => {
    expect(wordsOf(text)).toBe(kept);
  });

  test("of any length are read in no time", () => {
    const spentMs = processorClock();
    for (const part of ["a", "1 ", "a@", "%40", "+", " ", "1-("]) wordsOf(part.repeat(500_000));

    expect(spentMs()).toBeLessThan(2000);
  });
});

describe("slices", () => {
  const now = new Date("2026-08-08T00:00:00Z");

  test("cover the whole time without a gap, twelve hours each", () => {
    const slices = slicesOf(now, { olderThanHours: 1, youngerThanDays: 7, sliceHours: 12 });

    expect(slices).toHaveLength(14);
    expect(slices[0]?.from).toEqual(new Date("2026-08-01T00:00:00Z"));
    expect(slices.at(-1)?.to).toEqual(new Date("2026-08-07T23:00:00Z"));
    slices.slice(1).forEach(({ from }, n) => {
      expect(from).toEqual(slices[n]?.to ?? now);
    });
  });
});

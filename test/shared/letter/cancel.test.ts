import { describe, expect, test } from "bun:test";
import { type Cancellable, cancelRefusal } from "../../../shared/letter/cancel.ts";

const letter = (createdAt: string, over: Partial<Cancellable> = {}): Cancellable => ({
  channel: "letter",
  status: "created",
  createdAt: new Date(createdAt),
  isInBatch: false,
  ...over,
});
const tooLate = (when: string) => `It’s too late to cancel this letter. Printing started ${when} at 5.30pm`;

describe("a letter may be cancelled until 17:30 in London of its print run", () => {
  test.each([
    ["in summer, just before", "2026-07-10T09:00:00Z", "2026-07-10T16:29:59.999Z", null],
    ["in summer, at the deadline", "2026-07-10T09:00:00Z", "2026-07-10T16:30:00.000Z", tooLate("today")],
    ["in winter, just before", "2026-12-10T09:00:00Z", "2026-12-10T17:29:59.999Z", null],
    ["in winter, at the deadline", "2026-12-10T09:00:00Z", "2026-12-10T17:30:00.000Z", tooLate("today")],
    ["until the next evening, made at the deadline", "2026-12-10T17:30:00Z", "2026-12-11T17:29:59Z", null],
    ["but no longer", "2026-12-10T17:30:00Z", "2026-12-11T17:30:00Z", tooLate("today")],
    ["made just before midnight", "2026-07-10T22:59:59Z", "2026-07-11T16:29:00Z", null],
    ["made in the first hour of a summer's day", "2026-07-10T23:30:00Z", "2026-07-11T16:29:00Z", null],
    ["at the end of the same evening", "2026-07-10T09:00:00Z", "2026-07-10T22:59:59Z", tooLate("today")],
    ["after midnight", "2026-07-10T09:00:00Z", "2026-07-10T23:00:00Z", tooLate("on 10 July")],
    ["days later", "2026-10-03T09:00:00Z", "2026-10-09T09:00:00Z", tooLate("on 3 October")],
    ["over a year's end", "2026-12-31T18:00:00Z", "2027-01-01T18:00:00Z", tooLate("today")],
    ["over a change of clocks", "2026-10-24T17:00:00Z", "2026-10-25T17:29:59Z", null],
  ])("%s", (_when, createdAt, at, refusal) => {
    expect(cancelRefusal(letter(createdAt), new Date(at))).toBe(refusal);
  });
});

describe("a letter may not be cancelled", () => {
  const createdAt = "2026-07-10T09:00:00.123Z";
  const at = new Date("2026-07-10T10:00:00Z");

  test.each<[string, Partial<Cancellable>, string]>([
    [
      "that is a text",
      { channel: "sms" },
      "Notification cannot be cancelled - only letters can be cancelled",
    ],
    ["again", { status: "cancelled" }, "This letter has already been cancelled."],
    [
      "on its way",
      { status: "sending" },
      "We could not cancel this letter. Letter status: sending, created_at: 2026-07-10T09:00:00.123000Z",
    ],
    [
      "in a batch",
      { isInBatch: true },
      "We could not cancel this letter. Letter status: created, created_at: 2026-07-10T09:00:00.123000Z",
    ],
  ])("%s", (_what, over, refusal) => {
    expect(cancelRefusal(letter(createdAt, over), at)).toBe(refusal);
  });

  test("of which it is too late, whatever became of it", () => {
    const late = new Date("2026-07-10T16:30:00Z");

    expect(cancelRefusal(letter(createdAt, { status: "delivered" }), late)).toBe(tooLate("today"));
    expect(cancelRefusal(letter(createdAt, { status: "cancelled" }), late)).toBe(tooLate("today"));
  });
});

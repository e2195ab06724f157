import { describe, expect, test } from "bun:test";
import { guestListFault, guestTypeOf, roomFor } from "../../../shared/recipient/guest-list.ts";

describe("a guest", () => {
  test.each([
    ["07700 900123", "mobile"],
    ["+44 7400 123456", "mobile"],
    ["07781 123456", "mobile"],
    ["070 1234 5678", "mobile"],
    ["+33 6 12 34 56 78", "mobile"],
    ["Ann@x.org", "email"],
    ["020 7946 0018", null],
    ["01534 712345", null],
    ["0300 123 1234", null],
    ["0800 123 1234", null],
    ["+850 191 123 4567", null],
    ["07400", null],
    ["ann@x", null],
    ["Ann", null],
    ["", null],
    [`${"a".repeat(250)}@x.org`, null],
  ] as const)("%p is of type %p", (recipient, expected) => {
    expect(guestTypeOf(recipient)).toBe(expected);
  });

  test("that is none is named in the message", () => {
    expect(guestListFault("nobody")).toBe('Invalid guest list: "nobody"');
  });
});

describe("a guest list", () => {
  const numbers = [1, 2, 3, 4, 5].map((digit) => ({
    type: "mobile" as const,
    recipient: `0770090000${digit}`,
  }));

  test.each([
    ["mobile", "07700900009", "full"],
    ["mobile", "+44 7700 900001", "already"],
    ["email", "ann@x.org", "room"],
  ] as const)("of five numbers, asked for the %s %s: %s", (type, recipient, expected) => {
    expect(roomFor({ type, recipient }, numbers)).toBe(expected);
  });

  test("has room for a fifth", () => {
    expect(roomFor({ type: "mobile", recipient: "07700900009" }, numbers.slice(1))).toBe("room");
  });

  test("knows an address in capitals", () => {
    const list = [{ type: "email" as const, recipient: "Ann@x.org" }];

    expect(roomFor({ type: "email", recipient: "ann@X.ORG" }, list)).toBe("already");
  });
});

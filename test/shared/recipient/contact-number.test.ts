import { expect, test } from "bun:test";
import { contactNumberFault } from "../../../shared/recipient/contact-number.ts";
import { phoneFormMessages } from "../../../shared/recipient/phone-messages.ts";

test.each([
  "101",
  "111",
  "119",
  "1 0 1",
  "(101)",
  "0101",
  "00101",
  "+101",
  "+44 101",
  "1–0–1",
  "07400 123456",
  "020 7946 0018",
  "0300 123 1234",
  "+33 6 12 34 56 78",
])("%j can be rung", (raw) => {
  expect(contactNumberFault(raw)).toBeNull();
});

test.each([
  ["999", "unsupported-emergency-number"],
  ["112", "unsupported-emergency-number"],
  ["9 9 9", "unsupported-emergency-number"],
  ["0999", "unsupported-emergency-number"],
  ["+999", "unsupported-emergency-number"],
  // What counts is the second try, without the plus.
  ["+44 112", "too-short"],
  ["", "too-short"],
  ["1", "invalid-number"],
  ["10", "too-short"],
  ["1234", "too-short"],
  ["116 123", "too-short"],
  ["call 101", "unknown-character"],
  ["0800 123 1234", "invalid-number"],
] as const)("%j cannot: %s", (raw, expected) => {
  expect(contactNumberFault(raw)).toBe(expected);
});

test("says so as Notify says it", () => {
  expect(phoneFormMessages["unsupported-emergency-number"]).toBe(
    "Phone number cannot be an emergency number",
  );
});

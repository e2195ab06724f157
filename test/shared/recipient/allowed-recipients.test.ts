import { describe, expect, test } from "bun:test";
import {
  comparableRecipient,
  letterRefusal,
  recipientRefusal,
} from "../../../shared/recipient/allowed-recipients.ts";
import { parseEmailAddress } from "../../../shared/recipient/email-address.ts";
import { parsePhoneNumber } from "../../../shared/recipient/phone-number.ts";
import { isSimulatedRecipient } from "../../../shared/recipient/simulated.ts";

const teamKey = "Can’t send to this recipient using a team-only API key";
const trial =
  "Can’t send to this recipient when service is in trial mode – see https://www.notifications.service.gov.uk/trial-mode";

describe("who a key may send to", () => {
  const allowedRecipients = new Set(["447400123456", "ann@x.org"]);

  test.each([
    ["test", true, "33612345678", null],
    ["test", false, "33612345678", null],
    ["normal", false, "33612345678", null],
    ["normal", true, "33612345678", trial],
    ["normal", true, "447400123456", null],
    ["normal", true, "ann@x.org", null],
    ["team", false, "33612345678", teamKey],
    ["team", true, "bob@x.org", teamKey],
    ["normal", true, "bob@x.org", trial],
    ["test", true, "bob@x.org", null],
    ["team", true, "447400123456", null],
    // Simulated recipients get no exception.
    ["team", false, "447700900000", teamKey],
    ["normal", true, "simulate-delivered@notifications.service.gov.uk", trial],
    ["team", false, "ann@x.org", null],
  ] as const)("%s key, restricted %p, to %p: %p", (keyType, restricted, recipient, expected) => {
    expect(recipientRefusal({ keyType, restricted, allowedRecipients }, recipient)).toBe(expected);
  });

  test.each([
    ["07400 123456", "+44 (0) 7400–123–456"],
    ["+447400123456", "7400123456"],
    ["0033 6 12 34 56 78", "+33612345678"],
    ["Ann@X.Org", " ann@x.ORG\u200b"],
    ["07781 123456", "447781123456"],
  ])("someone written %p is found as %p", (listed, asked) => {
    const allowed = new Set([comparableRecipient(listed)]);
    const phone = parsePhoneNumber(asked);
    const normalised = phone.ok ? phone.number.normalised : (parseEmailAddress(asked)?.normalised ?? "");
    const sending = { keyType: "team", restricted: true, allowedRecipients: allowed } as const;

    expect(recipientRefusal(sending, normalised)).toBeNull();
  });

  test("a list with no one in it allows no one", () => {
    const sending = { keyType: "team", restricted: false, allowedRecipients: new Set<string>() } as const;

    expect(recipientRefusal(sending, "447400123456")).toBe(teamKey);
    expect(recipientRefusal(sending, "")).toBe(teamKey);
  });

  test.each([
    ["normal", false, null],
    ["normal", true, "Cannot send letters when service is in trial mode"],
    ["test", false, null],
    ["test", true, null],
    ["team", false, "Cannot send letters with a team api key"],
    ["team", true, "Cannot send letters with a team api key"],
  ] as const)("letters with a %s key, restricted %p: %p", (keyType, restricted, expected) => {
    expect(letterRefusal({ keyType, restricted })).toBe(expected);
  });
});

test.each([
  ["07400 123456", "447400123456"],
  ["07400–123456", "447400123456"],
  ["020 7946 0018", "442079460018"],
  ["+247 40123", "24740123"],
  ["07400.123456", "07400.123456"],
  ["Ann <ann@x.org>", "Ann <ann@x.org>"],
  ["+44 7400-123456", "447400123456"],
  [" Ann@X.org", "ann@x.org"],
  ["Neither", "Neither"],
  ["", ""],
])("%p is compared as %p", (recipient, expected) => {
  expect(comparableRecipient(recipient)).toBe(expected);
});

test.each([
  ["447700900000", true],
  ["447700900111", true],
  ["447700900222", true],
  ["447700900333", false],
  ["simulate-delivered@notifications.service.gov.uk", true],
  ["simulate-delivered-2@notifications.service.gov.uk", true],
  ["simulate-delivered-3@notifications.service.gov.uk", true],
  ["simulate-delivered-4@notifications.service.gov.uk", false],
])("%p is simulated: %p", (recipient, expected) => {
  expect(isSimulatedRecipient(recipient)).toBe(expected);
});

test.each([
  "07700 900000",
  "+44 (0) 7700 900 111",
  "7700-900-222",
  "0044 7700900000",
  "Simulate-Delivered@notifications.service.gov.uk",
  " simulate-delivered-3@NOTIFICATIONS.service.gov.uk",
])("%p is simulated, however spelled", (recipient) => {
  expect(isSimulatedRecipient(comparableRecipient(recipient))).toBe(true);
});

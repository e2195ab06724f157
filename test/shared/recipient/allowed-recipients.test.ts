import { describe, expect, test } from "bun:test";
import { comparableRecipient, recipientRefusal } from "../../../shared/recipient/allowed-recipients.ts";
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
    ["team", false, "ann@x.org", null],
  ] as const)("%s key, restricted %p, to %p: %p", (keyType, restricted, recipient, expected) => {
    expect(recipientRefusal({ keyType, restricted, allowedRecipients }, recipient)).toBe(expected);
  });
});

test.each([
  ["07400 123456", "447400123456"],
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

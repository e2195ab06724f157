import { describe, expect, test } from "bun:test";
import { formatSender, smsSenderFault } from "../../../shared/recipient/sms-sender.ts";

describe("a text sender", () => {
  test.each([
    ["07400 123456", "447400123456"],
    ["07123123123", "447123123123"],
    ["+447400123456", "447400123456"],
    ["GOVUK", "GOVUK"],
    ["60006", "60006"],
    ["Town Hall", "Town Hall"],
  ])("%p is sent as %p", (sender, expected) => {
    expect(formatSender(sender)).toBe(expected);
  });

  test.each([
    "Abc",
    "Town Hall 1",
    "A & B",
    "a.b-c_d",
    "07400123456",
    "60006",
    "70000",
    "89999",
    "NHSNoReply",
    "NHS Trust",
    "NoReply",
    "nhsno",
    "Verify2",
    "GOV Alert",
    "0abc",
    "1a234",
  ])("%p is a good one", (sender) => {
    expect(smsSenderFault(sender)).toBeNull();
  });

  const characters =
    "Text message sender ID can only include letters, numbers, spaces, and the following characters: & . - _";
  const prohibited =
    "Text message sender ID cannot be Alert, Info or Verify as those are prohibited due to usage by spam";
  const numeric = "A numeric sender id should be a valid mobile number or short code";
  const nhs = "Text message sender ID must match other NHS services - change it to ‘NHSNoReply’";

  test.each([
    ["", "Text message sender ID must be at least 3 characters long"],
    ["ab", "Text message sender ID must be at least 3 characters long"],
    ["Town Hall 12", "Text message sender ID cannot be longer than 11 characters"],
    ["+447400123456", "Text message sender ID cannot be longer than 11 characters"],
    ["Hall!", characters],
    ["Hall’s", characters],
    ["Sŵn", characters],
    ["a/b", characters],
    ["a,b", characters],
    ["a+b", characters],
    ["a\nb", characters],
    ["😀😀😀", characters],
    ["00Hall", "Text message sender ID cannot start with 00"],
    ["00447400123", "Text message sender ID cannot start with 00"],
    ["Info", prohibited],
    ["VERIFY", prohibited],
    ["alert", prohibited],
    ["123", numeric],
    ["12345", numeric],
    ["50000", numeric],
    ["90000", numeric],
    ["600066", numeric],
    ["0740012345", numeric],
    ["08001231234", numeric],
    ["6.0006", numeric],
    ["...", numeric],
    ["nhsnoreply", nhs],
    ["NHS NoReply", nhs],
    ["NHSNo-Reply", nhs],
    ["NoReplyNHS", nhs],
    ["ReplyNo nhs", nhs],
  ])("%j is refused: %s", (sender, expected) => {
    expect(smsSenderFault(sender)).toBe(expected);
  });
});

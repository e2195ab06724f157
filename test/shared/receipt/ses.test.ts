import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { SesReceipt } from "../../../shared/receipt/payload.ts";
import { parseSesReceipt } from "../../../shared/receipt/ses.ts";

const at = { eventId: "sns-1", receivedAt: new Date("2026-03-14T12:35:27.000Z") };
const mail = {
  timestamp: "2026-03-14T12:35:25.909Z",
  messageId: "0102-ref",
  destination: ["a@example.com"],
  headers: [{ name: "To", value: "a@example.com" }],
};
const common = {
  v: 1,
  provider: "ses",
  reference: "0102-ref",
  eventId: "sns-1",
  mailedAt: "2026-03-14T12:35:25.909Z",
  receivedAt: "2026-03-14T12:35:27.000Z",
} as const;

const delivery = {
  notificationType: "Delivery",
  mail,
  delivery: {
    timestamp: "2026-03-14T12:35:26.567Z",
    recipients: ["a@example.com"],
    smtpResponse: "250 a@example.com",
  },
};
const bounce = {
  notificationType: "Bounce",
  mail,
  bounce: {
    bounceType: "Permanent",
    bounceSubType: "General",
    bouncedRecipients: [{ emailAddress: "a@example.com" }],
    timestamp: "2026-03-14T12:35:26Z",
    remoteMtaIp: "127.0.2.0",
  },
};
const complaint = {
  notificationType: "Complaint",
  mail,
  complaint: {
    feedbackId: "feedback-1",
    complaintFeedbackType: "abuse",
    timestamp: "2026-03-14T12:35:26.000Z",
    complainedRecipients: [{ emailAddress: "a@example.com" }],
  },
};

function parse(message: unknown): SesReceipt | null {
  const receipt = parseSesReceipt(JSON.stringify(message), at);
  return receipt && v.parse(SesReceipt, receipt);
}

describe("what SES reports through SNS", () => {
  test("a delivery, without the recipient", () => {
    expect(parse(delivery)).toEqual({ ...common, type: "delivery", happenedAt: "2026-03-14T12:35:26.567Z" });
  });

  test("a bounce, without the recipient", () => {
    expect(parse(bounce)).toEqual({
      ...common,
      type: "bounce",
      happenedAt: "2026-03-14T12:35:26.000Z",
      bounceType: "Permanent",
      bounceSubType: "General",
      remoteMtaIp: "127.0.2.0",
    });
  });

  test("a complaint, without the recipient", () => {
    expect(parse(complaint)).toEqual({
      ...common,
      type: "complaint",
      happenedAt: "2026-03-14T12:35:26.000Z",
      feedbackId: "feedback-1",
      complaintType: "abuse",
    });
  });

  test("a complaint that lacks everything but the email's id", () => {
    const bare = { notificationType: "Complaint", mail: { messageId: "0102-ref" }, complaint: {} };
    expect(parse(bare)).toMatchObject({
      mailedAt: null,
      happenedAt: null,
      feedbackId: null,
      complaintType: null,
    });
  });

  test("the same as an event of a configuration set", () => {
    const { notificationType, ...event } = delivery;
    expect(parse({ ...event, eventType: notificationType })).toEqual(parse(delivery));
  });

  test.each(["never", "2026-02-30T25:00:00Z", "2026-03-14 12:35", 5, null])(
    "a time %p is not known",
    (timestamp) => {
      expect(parse({ ...delivery, delivery: { timestamp } })).toMatchObject({ happenedAt: null });
    },
  );

  test.each([
    ["a delivery delay", { ...delivery, notificationType: "DeliveryDelay" }],
    ["no type", { ...delivery, notificationType: undefined }],
    ["no mail", { ...delivery, mail: undefined }],
    ["no id", { ...complaint, mail: { ...mail, messageId: undefined } }],
    ["an empty id", { ...complaint, mail: { ...mail, messageId: "" } }],
    ["a bounce without its part", { ...bounce, bounce: undefined }],
    ["an array", []],
    ["null", null],
    ["text", "Successfully validated SNS topic for Amazon SES event publishing."],
  ])("%s says nothing", (_, message) => {
    expect(parse(message)).toBeNull();
  });

  test("what is not JSON says nothing", () => {
    expect(
      parseSesReceipt("Successfully validated SNS topic for Amazon SES event publishing.", at),
    ).toBeNull();
  });

  test("fits the queue however long and odd its texts", () => {
    const odd = `\0\ud800${"x".repeat(5000)}`;
    const receipt = parse({
      ...complaint,
      mail: { ...mail, messageId: odd },
      complaint: { feedbackId: odd, complaintFeedbackType: odd },
    });
    expect(JSON.stringify(receipt)).not.toMatch(/\\u0000|\\ud800/);
  });
});

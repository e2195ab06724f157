import { describe, expect, test } from "bun:test";
import { reportedStatus } from "../../../shared/receipt/receipt.ts";
import { parseSnsSmsReceipt } from "../../../shared/receipt/sns-sms.ts";

const times = {
  happenedAt: new Date("2026-03-14T12:35:26.567Z"),
  receivedAt: new Date("2026-03-14T12:36:00Z"),
};
const line = {
  notification: { messageId: "34d9b400-c6dd-5444-820d-fbeb0f1f54cf", timestamp: "2026-03-14 12:35:20.558" },
  delivery: {
    phoneCarrier: "My Phone Carrier",
    mnc: 270,
    numberOfMessageParts: 1,
    destination: "+447700900123",
    priceInUSD: 0.00645,
    smsType: "Transactional",
    mcc: 310,
    providerResponse: "Message has been accepted by phone carrier",
    dwellTimeMs: 599,
    dwellTimeMsUntilDeviceAck: 1344,
  },
  status: "SUCCESS",
};
const parse = (value: unknown) => parseSnsSmsReceipt(JSON.stringify(value), times);
const saying = (providerResponse: unknown) => ({ ...line, delivery: { ...line.delivery, providerResponse } });

describe("a line of SNS's log", () => {
  test("becomes a receipt, without the number", () => {
    const receipt = parse(line);

    expect(receipt).toEqual({
      v: 1,
      provider: "sns",
      reference: line.notification.messageId,
      providerStatus: "SUCCESS",
      detail: "Message has been accepted by phone carrier",
      deliveredAt: "2026-03-14T12:35:26.567Z",
      receivedAt: "2026-03-14T12:36:00.000Z",
    });
  });

  test.each([
    [undefined, null],
    [null, null],
    [5, null],
    ["", null],
    ["  Invalid phone number ", "Invalid phone number"],
    ["Nobody at +447700900123 or 07700 900123", "Nobody at … or …"],
    ["Error 20512", "Error 20512"],
    ["x".repeat(300), "x".repeat(255)],
  ])("with the answer %j has the detail %j", (response, detail) => {
    expect(parse(saying(response))?.detail).toBe(detail as string | null);
  });

  test("may lack the delivery", () => {
    expect(parse({ ...line, delivery: undefined })).toMatchObject({
      providerStatus: "SUCCESS",
      detail: null,
    });
  });

  test.each([
    ["a number", 5],
    ["a list", [line]],
    ["no id", { ...line, notification: {} }],
    ["an empty id", { ...line, notification: { messageId: " \0" } }],
    ["no status", { ...line, status: undefined }],
    ["an odd status", { ...line, status: { a: 1 } }],
  ])("is none with %s", (_, value) => {
    expect(parse(value)).toBeNull();
  });

  test("is none when it is no JSON", () => {
    expect(parseSnsSmsReceipt("REPORT RequestId: 1", times)).toBeNull();
  });
});

describe("SNS's words", () => {
  const table: [words: string, becomes: "permanent-failure" | "temporary-failure"][] = [
    ["Blocked as spam by phone carrier", "permanent-failure"],
    ["Destination is on a blocked list", "permanent-failure"],
    ["Invalid phone number", "permanent-failure"],
    ["Message body is invalid", "permanent-failure"],
    ["Phone carrier has blocked this message", "permanent-failure"],
    ["Phone carrier is currently unreachable/unavailable", "temporary-failure"],
    ["Phone has blocked SMS", "permanent-failure"],
    ["Phone is on a blocked list", "permanent-failure"],
    ["Phone is currently unreachable/unavailable", "temporary-failure"],
    ["Phone number is opted out", "permanent-failure"],
    ["This delivery would exceed max price", "permanent-failure"],
    ["Unknown error attempting to reach phone", "temporary-failure"],
  ];

  test.each(table)("%s: %s", (words, status) => {
    for (const written of [words, words.toUpperCase(), `${words}.`]) {
      const receipt = parse({ ...saying(written), status: "FAILURE" });
      expect(receipt && reportedStatus(receipt, "sending")).toEqual({
        status,
        reason: words,
        unrecognised: null,
      });
    }
  });

  test.each([
    [
      "SUCCESS",
      "Message has been accepted by phone",
      "delivered",
      "Message has been accepted by phone",
      null,
    ],
    ["SUCCESS", null, "delivered", null, null],
    ["FAILURE", "The moon is full", "temporary-failure", "The moon is full", "detail"],
    ["FAILURE", null, "temporary-failure", null, null],
    ["PENDING", "Invalid phone number", "technical-failure", null, "status"],
  ] as const)("%s with %j: %s", (given, words, status, reason, unrecognised) => {
    const receipt = parse({ ...saying(words), status: given });
    expect(receipt && reportedStatus(receipt, "sending")).toEqual({ status, reason, unrecognised });
  });
});

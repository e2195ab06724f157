import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { CapPayload, IbagPayload } from "../../../shared/broadcast/cbc-payload.ts";
import { linkTestPayload, type NetworkMessage, payloadOf } from "../../../worker/broadcasts/cbc-payload.ts";

const id = "6b0e5b2e-1e2b-4c3c-9a44-1c3a1f6f2b11";
const alertId = "0f4a8d5e-9d21-4a5e-8a53-6f6f4c2f2b22";
const square = [
  [51.12, -1.2],
  [51.12, 1.2],
  [51.74, 1.2],
  [51.12, -1.2],
] as const;

function message(over: Partial<NetworkMessage> = {}): NetworkMessage {
  return {
    id,
    network: "ee",
    number: null,
    type: "alert",
    sentAt: new Date("2026-08-01T12:00:00.789Z"),
    expiresAt: new Date("2026-08-01T16:30:00.999Z"),
    description: "Flooding. Leave now.",
    polygons: [square],
    channel: "government",
    earlier: [],
    ...over,
  };
}

const earlier = [
  {
    id: alertId,
    number: 122,
    sentAt: new Date("2026-08-01T11:00:00.123Z"),
    createdAt: new Date("2026-08-01T11:00:05.456Z"),
  },
];

describe("what a network's proxy is told", () => {
  test.each(["ee", "three", "o2"] as const)("of an alert, key by key, for %s", (network) => {
    const payload = payloadOf(message({ network }), "document");

    expect(payload).toEqual({
      message_type: "alert",
      identifier: id,
      message_format: "cap",
      headline: "GOV.UK Notify Broadcast",
      description: "Flooding. Leave now.",
      areas: [{ polygon: square.map(([latitude, longitude]) => [latitude, longitude]) }],
      sent: "2026-08-01T12:00:00-00:00",
      expires: "2026-08-01T16:30:00-00:00",
      language: "en-GB",
      channel: "government",
    });
    expect(Object.keys(payload)).not.toContain("message_number");
    expect(v.is(CapPayload, payload)).toBe(true);
  });

  test("of an alert, for Vodafone", () => {
    const payload = payloadOf(message({ network: "vodafone", number: 123 }), "document");

    expect(payload).toMatchObject({
      message_format: "ibag",
      message_number: "0000007b",
      language: "English",
    });
    expect(v.is(IbagPayload, payload)).toBe(true);
  });

  test.each([
    ["Gadewch nawr: dŵr", "cy-GB", "Welsh"],
    ["Leave now: café, Köln", "en-GB", "English"],
    ["Ewch i ffwrdd: tân", "cy-GB", "Welsh"],
  ])("in the language of %j", (description, cap, ibag) => {
    expect(payloadOf(message({ description }), "document")).toMatchObject({ language: cap });
    const toVodafone = message({ description, network: "vodafone", number: 1 });
    expect(payloadOf(toVodafone, "document")).toMatchObject({ language: ibag });
  });

  test("of a cancel: what it takes back, with the time that stands in that document", () => {
    const payload = payloadOf(message({ type: "cancel", earlier }), "document");

    expect(payload).toEqual({
      message_type: "cancel",
      identifier: id,
      message_format: "cap",
      sent: "2026-08-01T12:00:00-00:00",
      references: [{ message_id: alertId, sent: "2026-08-01T11:00:00-00:00" }],
    });
    expect(v.is(CapPayload, payload)).toBe(true);
  });

  test("of a cancel, for Vodafone: by numbers too", () => {
    const payload = payloadOf(
      message({ type: "cancel", network: "vodafone", number: 4_294_967_295, earlier }),
      "document",
    );

    expect(payload).toEqual({
      message_type: "cancel",
      identifier: id,
      message_format: "ibag",
      message_number: "ffffffff",
      sent: "2026-08-01T12:00:00-00:00",
      references: [{ message_id: alertId, sent: "2026-08-01T11:00:00-00:00", message_number: "0000007a" }],
    });
    expect(v.is(IbagPayload, payload)).toBe(true);
  });

  test("of a cancel with times as the source wrote them, where that is asked for", () => {
    const payload = payloadOf(message({ type: "cancel", earlier }), "source");

    expect(payload).toMatchObject({
      references: [{ message_id: alertId, sent: "2026-08-01T11:00:05.456000Z" }],
    });
    expect(v.is(CapPayload, payload)).toBe(true);
  });

  test("of a link test", () => {
    expect(linkTestPayload("three", id, null)).toEqual({
      message_type: "test",
      identifier: id,
      message_format: "cap",
    });
    expect(linkTestPayload("vodafone", id, 16)).toEqual({
      message_type: "test",
      identifier: id,
      message_format: "ibag",
      message_number: "00000010",
    });
  });

  test("is nothing for Vodafone without a number", () => {
    expect(() => payloadOf(message({ network: "vodafone" }), "document")).toThrow("no number");
  });
});

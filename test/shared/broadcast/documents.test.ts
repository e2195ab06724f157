import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { broadcastChannels } from "../../../shared/broadcast/broadcast.ts";
import { capDocument } from "../../../shared/broadcast/cap-document.ts";
import { type CapPayload, cbcTime, type IbagPayload } from "../../../shared/broadcast/cbc-payload.ts";
import { ibagDocument } from "../../../shared/broadcast/ibag-document.ts";
import { parseXml, type XmlElement } from "../../../shared/broadcast/xml.ts";
import { capRules } from "./cap-rules.ts";
import { ibagRules } from "./ibag-rules.ts";
import { schemaFaults } from "./schema-rules.ts";

const now = new Date("2026-02-03T04:05:06.789Z");
const identifier = "0e3a2f6c-6e3f-4d3a-9d2e-0a1b2c3d4e5f";
const earlier = "7b0c1f7e-1111-4222-8333-444455556666";
const last = "8c0c1f7e-1111-4222-8333-444455556666";
const square: [number, number][] = [
  [51.12, -1.2],
  [51.12, 1.2],
  [51.74, 1.2],
  [51.74, -1.2],
  [51.12, -1.2],
];
const sent = "2026-02-03T04:00:00-00:00";
const words = {
  headline: "GOV.UK Notify Broadcast" as const,
  description: "Flooding is expected",
  areas: [{ polygon: square }, { polygon: square }],
  sent,
  expires: "2026-02-03T08:00:00-00:00",
};
const capAlert: CapPayload = {
  message_type: "alert",
  message_format: "cap",
  identifier,
  ...words,
  language: "en-GB",
  channel: "severe",
};
const capCancel: CapPayload = {
  message_type: "cancel",
  message_format: "cap",
  identifier,
  sent,
  references: [
    { message_id: earlier, sent },
    { message_id: last, sent: "2026-02-03T04:01:00-00:00" },
  ],
};
const capTest: CapPayload = { message_type: "test", message_format: "cap", identifier };
const ibagAlert: IbagPayload = {
  message_type: "alert",
  message_format: "ibag",
  message_number: "0000007b",
  identifier,
  ...words,
  language: "English",
  channel: "severe",
};
const ibagCancel: IbagPayload = {
  message_type: "cancel",
  message_format: "ibag",
  message_number: "0000007c",
  identifier,
  sent,
  references: [
    { message_id: earlier, sent, message_number: "0000007a" },
    { message_id: last, sent, message_number: "0000007b" },
  ],
};
const ibagTest: IbagPayload = {
  message_type: "test",
  message_format: "ibag",
  message_number: "0000007d",
  identifier,
};

const capFaults = (xml: string) => schemaFaults(xml, "urn:oasis:names:tc:emergency:cap:1.2", capRules);
const ibagFaults = (xml: string) => schemaFaults(xml, "ibag:1.0", ibagRules);

/** The text of each element on the way, by its name. */
function textAt(xml: string, ...path: string[]): string[] {
  let found: readonly XmlElement[] = [parseXml(new TextEncoder().encode(xml))];
  for (const name of path)
    found = found.flatMap(({ children }) => children.filter((child) => child.name === name));
  return found.map(({ text }) => text);
}

describe("CAP documents", () => {
  test.each([
    ["an alert", capAlert],
    ["a cancel", capCancel],
    ["a link test", capTest],
  ])("%s keeps to the schema", (_, payload) => {
    expect(capFaults(capDocument(payload, now))).toEqual([]);
  });

  test("an alert says everything that phones are to show", () => {
    const xml = capDocument(capAlert, now);

    expect(xml).toStartWith('<?xml version="1.0" encoding="UTF-8"?>\n<alert xmlns="urn:oasis:');
    expect(textAt(xml, "status")).toEqual(["Actual"]);
    expect(textAt(xml, "msgType")).toEqual(["Alert"]);
    expect(textAt(xml, "identifier")).toEqual([identifier]);
    expect(textAt(xml, "info", "expires")).toEqual(["2026-02-03T08:00:00-00:00"]);
    expect(textAt(xml, "info", "description")).toEqual(["Flooding is expected"]);
    expect(textAt(xml, "info", "area", "areaDesc")).toEqual(["area-1", "area-2"]);
    expect(textAt(xml, "info", "area", "polygon")[0]).toBe(
      "51.12,-1.2 51.12,1.2 51.74,1.2 51.74,-1.2 51.12,-1.2",
    );
  });

  test.each([
    ["government", "EAN"],
    ["severe", "Alert"],
    ["test", "RMT"],
    ["operator", "OPR"],
  ] as const)("the channel %s is the event %s", (channel, event) => {
    expect(textAt(capDocument({ ...capAlert, channel }, now), "info", "event")).toEqual([event]);
  });

  test("a cancel names every message before it, the oldest first", () => {
    expect(textAt(capDocument(capCancel, now), "references")).toEqual([
      `broadcasts@notifications.service.gov.uk,${earlier},${sent} ` +
        `broadcasts@notifications.service.gov.uk,${last},2026-02-03T04:01:00-00:00`,
    ]);
  });

  test("a link test is made at a whole minute and shown to nobody", () => {
    const xml = capDocument(capTest, now);

    expect(textAt(xml, "sent")).toEqual(["2026-02-03T04:05:00-00:00"]);
    expect(textAt(xml, "status")).toEqual(["Test"]);
    expect(textAt(xml, "info")).toEqual([]);
  });
});

describe("IBAG documents", () => {
  test.each([
    ["an alert", ibagAlert],
    ["a cancel", ibagCancel],
    ["a link test", ibagTest],
  ])("%s keeps to the schema", (_, payload) => {
    expect(ibagFaults(ibagDocument(payload, now))).toEqual([]);
  });

  test("counts a message's length in bytes", () => {
    const xml = ibagDocument({ ...ibagAlert, language: "Welsh", description: "Llifogydd ŵ" }, now);

    expect(textAt(xml, "IBAG_alert_info", "IBAG_text_alert_message_length")).toEqual(["12"]);
    expect(textAt(xml, "IBAG_alert_info", "IBAG_text_language")).toEqual(["Welsh"]);
  });

  test.each([
    ["government", "4370-CAT1-ENGLISH"],
    ["severe", "4378-CAT3-ENGLISH"],
    ["test", "4380-CAT5-ENGLISH"],
    ["operator", "4382-CAT7-ENGLISH"],
  ] as const)("the channel %s is %s", (channel, category) => {
    const xml = ibagDocument({ ...ibagAlert, channel }, now);

    expect(textAt(xml, "IBAG_alert_info", "IBAG_channel_category")).toEqual([category]);
  });

  test("a cancel names the last message before it alone", () => {
    const xml = ibagDocument(ibagCancel, now);

    expect(textAt(xml, "IBAG_referenced_message_number")).toEqual(["0000007b"]);
    expect(textAt(xml, "IBAG_referenced_message_cap_identifier")).toEqual([last]);
  });

  test("a link test is the system's", () => {
    const xml = ibagDocument(ibagTest, now);

    expect(textAt(xml, "IBAG_status")).toEqual(["System"]);
    expect(textAt(xml, "IBAG_message_type")).toEqual(["Link Test"]);
    expect(textAt(xml, "IBAG_sent_date_time")).toEqual(["2026-02-03T04:05:00-00:00"]);
  });
});

describe("whatever they say", () => {
  const anyText = fc.oneof(
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }),
    fc.string({
      unit: fc.constantFrom("<", "&", ">", '"', "'", "]]>", "\r", "\n", "\u0000", "\uffff", "\ud800", "a"),
    }),
  );
  const payloads = fc.record({
    description: anyText.map((text) => `x${text}`),
    channel: fc.constantFrom(...broadcastChannels),
    latitude: fc.double({ min: -90, max: 90, noNaN: true }),
    at: fc.date({ min: new Date("2000-01-01"), max: new Date("2099-12-31"), noInvalidDate: true }),
  });

  test("documents keep to their schemas and give the words back", () => {
    fc.assert(
      fc.property(payloads, ({ description, channel, latitude, at }) => {
        const point: [number, number] = [latitude, 0.0000001];
        const polygon: [number, number][] = [point, [1, 2], [3, 4], point];
        const odd = { description, channel, sent: cbcTime(at), areas: [{ polygon }] };

        const cap = capDocument({ ...capAlert, ...odd }, now);
        const ibag = ibagDocument({ ...ibagAlert, ...odd }, now);

        expect(capFaults(cap)).toEqual([]);
        expect(ibagFaults(ibag)).toEqual([]);
        const shown = description
          .toWellFormed()
          .replace(/[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "");
        expect(textAt(cap, "info", "description")).toEqual([shown]);
        expect(textAt(ibag, "IBAG_alert_info", "IBAG_text_alert_message")).toEqual([shown]);
      }),
      { numRuns: 300 },
    );
  });
});

describe("the rules the tests hold documents to", () => {
  test.each([
    ["a missing element", (xml: string) => xml.replace(/<scope>.*<\/scope>/, "")],
    ["another order", (xml: string) => xml.replace(/(<sent>.*<\/sent>)(<status>.*<\/status>)/, "$2$1")],
    ["an unknown word", (xml: string) => xml.replace("<status>Actual", "<status>Real")],
    ["a time in another form", (xml: string) => xml.replaceAll("-00:00<", "Z<")],
    ["a polygon that is open", (xml: string) => xml.replaceAll(" 51.12,-1.2<", "<")],
    ["another namespace", (xml: string) => xml.replace("cap:1.2", "cap:1.1")],
  ])("find %s", (_, change) => {
    expect(capFaults(change(capDocument(capAlert, now)))).not.toEqual([]);
  });
});

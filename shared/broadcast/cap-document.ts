import type { BroadcastChannel } from "./broadcast.ts";
import { type CapPayload, cbcTime, sender } from "./cbc-payload.ts";
import { element, writeDocument, type XmlNode } from "./xml-element.ts";

const namespace = "urn:oasis:names:tc:emergency:cap:1.2";

const events: Readonly<Record<BroadcastChannel, string>> = {
  government: "EAN",
  severe: "Alert",
  test: "RMT",
  operator: "OPR",
};

/**
 * The CAP 1.2 document that EE, Three and O2 take (`spec/broadcasts.md` 6.1), unsigned. A proxy gives it to the
 * network's cell broadcast centre as it is. `now` is when a link test is made; alerts and cancels say when they were sent.
 */
export function capDocument(payload: CapPayload, now: Date): string {
  const { identifier } = payload;
  const head = (sent: string, status: string, msgType: string) => [
    element("identifier", identifier),
    element("sender", sender),
    element("sent", sent),
    element("status", status),
    element("msgType", msgType),
    element("scope", "Public"),
  ];
  const document = (...content: XmlNode[]) => writeDocument(element("alert", content, { xmlns: namespace }));

  switch (payload.message_type) {
    case "alert":
      return document(...head(payload.sent, "Actual", "Alert"), info(payload));
    case "cancel":
      return document(
        ...head(payload.sent, "Actual", "Cancel"),
        element("references", payload.references.map(tripleOf).join(" ")),
      );
    case "test":
      return document(...head(wholeMinute(now), "Test", "Alert"));
  }
}

type Alert = Extract<CapPayload, { message_type: "alert" }>;

function info({ language, channel, expires, headline, description, areas }: Alert): XmlNode {
  return element("info", [
    element("language", language),
    element("category", "Safety"),
    element("event", events[channel]),
    element("urgency", "Expected"),
    element("severity", "Severe"),
    element("certainty", "Likely"),
    element("expires", expires),
    element("senderName", "GOV.UK Emergency Alerts"),
    element("headline", headline),
    element("description", description),
    ...areas.map(({ polygon }, at) =>
      element("area", [element("areaDesc", `area-${at + 1}`), element("polygon", polygonText(polygon))]),
    ),
  ]);
}

function tripleOf({ message_id: id, sent }: { message_id: string; sent: string }): string {
  return `${sender},${id},${sent}`;
}

/** `51.12,-1.2 51.12,1.2 …`: latitude first. */
export function polygonText(polygon: readonly (readonly [number, number])[]): string {
  return polygon.map(([latitude, longitude]) => `${degrees(latitude)},${degrees(longitude)}`).join(" ");
}

/** Without an exponent, which schemas do not know. */
function degrees(value: number): string {
  const text = String(value);
  return text.includes("e") ? value.toFixed(12).replace(/\.?0+$/, "") : text;
}

/** A link test's time has no seconds. */
export function wholeMinute(now: Date): string {
  return cbcTime(new Date(Math.floor(now.getTime() / 60_000) * 60_000));
}

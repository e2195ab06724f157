import type { BroadcastChannel } from "./broadcast.ts";
import { polygonText, wholeMinute } from "./cap-document.ts";
import { type IbagPayload, sender } from "./cbc-payload.ts";
import { type Content, element, writeDocument, type XmlNode } from "./xml-element.ts";

const namespace = "ibag:1.0";

const categories: Readonly<Record<BroadcastChannel, string>> = {
  government: "4370-CAT1-ENGLISH",
  severe: "4378-CAT3-ENGLISH",
  test: "4380-CAT5-ENGLISH",
  operator: "4382-CAT7-ENGLISH",
};

/**
 * The IBAG document that Vodafone takes (`spec/broadcasts.md` 6.2), with room for a signature. `now` is when a link test
 * is made.
 */
export function ibagDocument(payload: IbagPayload, now: Date): string {
  const content: (XmlNode | null)[] = [
    ibag("protocol_version", "1.0"),
    ibag("sending_gateway_id", sender),
    ibag("message_number", payload.message_number),
    ...referenceOf(payload),
    ...bodyOf(payload, now),
    ibag("Digital_Signature", ""),
  ];
  return writeDocument(element("IBAG_Alert_Attributes", content, { xmlns: namespace }));
}

/** A cancel names the last of those before it. */
function referenceOf(payload: IbagPayload): XmlNode[] {
  const last = payload.message_type === "cancel" ? payload.references.at(-1) : undefined;
  if (!last) return [];
  return [
    ibag("referenced_message_number", last.message_number),
    ibag("referenced_message_cap_identifier", last.message_id),
  ];
}

function bodyOf(payload: IbagPayload, now: Date): XmlNode[] {
  if (payload.message_type === "test") {
    return [
      ibag("sent_date_time", wholeMinute(now)),
      ibag("status", "System"),
      ibag("message_type", "Link Test"),
    ];
  }
  const { sent, identifier } = payload;
  return [
    ibag("sender", sender),
    ibag("sent_date_time", sent),
    ibag("status", "Actual"),
    ibag("message_type", payload.message_type === "alert" ? "Alert" : "Cancel"),
    ibag("cap_alert_uri", "https://www.gov.uk/alerts"),
    ibag("cap_identifier", identifier),
    ibag("cap_sent_date_time", sent),
    ...(payload.message_type === "alert" ? [infoOf(payload)] : []),
  ];
}

function infoOf(alert: Extract<IbagPayload, { message_type: "alert" }>): XmlNode {
  const { expires, language, description, channel, areas } = alert;
  return ibag("alert_info", [
    ibag("category", "Safety"),
    ibag("event_code", "LAE"),
    ibag("severity", "Severe"),
    ibag("urgency", "Expected"),
    ibag("certainty", "Likely"),
    ibag("expires_date_time", expires),
    ibag("text_language", language),
    // In bytes of UTF-8.
    ibag("text_alert_message_length", String(new TextEncoder().encode(description).length)),
    ibag("text_alert_message", description),
    ibag("channel_category", categories[channel]),
    ...areas.map(({ polygon }, at) =>
      ibag("Alert_Area", [ibag("area_description", `area-${at + 1}`), ibag("polygon", polygonText(polygon))]),
    ),
  ]);
}

function ibag(name: string, content: Content): XmlNode {
  return element(`IBAG_${name}`, content);
}

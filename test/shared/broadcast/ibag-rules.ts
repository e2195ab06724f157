import { oneOf, polygonText, type Rule, timeText } from "./schema-rules.ts";

function one(name: string, text?: RegExp): Rule {
  return { name: `IBAG_${name}`, ...(text && { text }) };
}

function optional(name: string, text?: RegExp): Rule {
  return { ...one(name, text), least: 0 };
}

const number = /^[0-9a-fA-F]{8}$/;

const info: Rule = {
  ...optional("alert_info"),
  content: [
    one("category", oneOf("Safety")),
    one("event_code", /^[A-Z]{3}$/),
    one("severity", oneOf("Extreme", "Severe")),
    one("urgency", oneOf("Immediate", "Expected")),
    one("certainty", oneOf("Observed", "Likely")),
    one("expires_date_time", timeText),
    one("text_language", oneOf("English", "Welsh")),
    one("text_alert_message_length", /^\d+$/),
    one("text_alert_message", /./),
    one("channel_category", /^43\d\d-CAT\d-ENGLISH$/),
    {
      ...one("Alert_Area"),
      most: Number.POSITIVE_INFINITY,
      content: [one("area_description", /./), one("polygon", polygonText)],
    },
  ],
};

/** The order, presence, words and times of the IBAG schema (`spec/broadcasts.md` 6.2). */
export const ibagRules: Rule = {
  name: "IBAG_Alert_Attributes",
  content: [
    one("protocol_version", oneOf("1\\.0")),
    one("sending_gateway_id", /^\S+$/),
    one("message_number", number),
    optional("referenced_message_number", number),
    optional("referenced_message_cap_identifier", /^\S+$/),
    optional("sender", /^\S+$/),
    one("sent_date_time", timeText),
    one("status", oneOf("Actual", "System", "Network Test")),
    one("message_type", oneOf("Alert", "Update", "Cancel", "Ack", "Error", "RMT", "Link Test")),
    optional("cap_alert_uri", /^https:\S+$/),
    optional("cap_identifier", /^\S+$/),
    optional("cap_sent_date_time", timeText),
    info,
    one("Digital_Signature", /^$/),
  ],
};

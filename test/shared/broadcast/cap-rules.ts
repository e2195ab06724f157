import { one, oneOf, optional, polygonText, type Rule, timeText } from "./schema-rules.ts";

const any = { least: 0, most: Number.POSITIVE_INFINITY };

const area: Rule = {
  name: "area",
  ...any,
  content: [
    one("areaDesc", /./),
    { ...one("polygon", polygonText), ...any },
    { ...one("circle"), ...any },
    { ...one("geocode"), ...any },
    optional("altitude"),
    optional("ceiling"),
  ],
};

const info: Rule = {
  name: "info",
  ...any,
  content: [
    optional("language", /^[a-z]{2}(?:-[A-Z]{2})?$/),
    {
      ...one(
        "category",
        oneOf(
          "Geo",
          "Met",
          "Safety",
          "Security",
          "Rescue",
          "Fire",
          "Health",
          "Env",
          "Transport",
          "Infra",
          "CBRNE",
          "Other",
        ),
      ),
      most: Number.POSITIVE_INFINITY,
    },
    one("event", /./),
    { ...one("responseType"), ...any },
    one("urgency", oneOf("Immediate", "Expected", "Future", "Past", "Unknown")),
    one("severity", oneOf("Extreme", "Severe", "Moderate", "Minor", "Unknown")),
    one("certainty", oneOf("Observed", "Likely", "Possible", "Unlikely", "Unknown")),
    optional("audience"),
    { ...one("eventCode"), ...any },
    optional("effective", timeText),
    optional("onset", timeText),
    optional("expires", timeText),
    optional("senderName"),
    optional("headline"),
    optional("description"),
    optional("instruction"),
    optional("web"),
    optional("contact"),
    { ...one("parameter"), ...any },
    { ...one("resource"), ...any },
    area,
  ],
};

/** The order, presence, words and times of the CAP 1.2 schema (OASIS, `spec/broadcasts.md` 6.1). */
export const capRules: Rule = {
  name: "alert",
  content: [
    one("identifier", /^[^\s,<&]+$/),
    one("sender", /^[^\s,<&]+$/),
    one("sent", timeText),
    one("status", oneOf("Actual", "Exercise", "System", "Test", "Draft")),
    one("msgType", oneOf("Alert", "Update", "Cancel", "Ack", "Error")),
    optional("source"),
    one("scope", oneOf("Public", "Restricted", "Private")),
    optional("restriction"),
    optional("addresses"),
    { ...one("code"), ...any },
    optional("note"),
    optional("references", /^[^\s,]+,[^\s,]+,[^\s,]+(?: [^\s,]+,[^\s,]+,[^\s,]+)*$/),
    optional("incidents"),
    info,
  ],
};

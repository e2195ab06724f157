import * as v from "valibot";
import { Optional, Required } from "../receipt/sms-fields.ts";
import { type ParsedText, refuseText, toNational, toSender, toSentAt } from "./text.ts";

const FiretextText = v.object({
  source: Required,
  destination: Required,
  message: v.string(),
  time: Optional,
});

/** Reads the URL-encoded form in which Firetext brings a text; of a field that comes twice, the first counts. */
export function parseFiretextText(body: string): ParsedText {
  const form = new URLSearchParams(body);
  const parsed = v.safeParse(FiretextText, {
    source: form.get("source"),
    destination: form.get("destination"),
    message: form.get("message"),
    time: form.get("time"),
  });
  if (!parsed.success) return refuseText("Firetext", parsed.issues);
  const { source, destination, message, time } = parsed.output;
  return {
    ok: true,
    text: {
      provider: "firetext",
      to: toNational(destination),
      from: toSender(source),
      content: message,
      // It names none.
      reference: null,
      sentAt: toSentAt(time),
    },
  };
}

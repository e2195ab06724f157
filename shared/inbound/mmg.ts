import * as v from "valibot";
import { parseJson } from "../receipt/parse-json.ts";
import { Optional, Required } from "../receipt/sms-fields.ts";
import { decodeMmgText, urlDecode } from "./decode.ts";
import { type ParsedText, refuseText, toNational, toSender, toSentAt } from "./text.ts";

const MmgText = v.object({
  MSISDN: Required,
  Number: Required,
  // A text of digits alone may come as a number.
  Message: v.pipe(v.union([v.string(), v.number()]), v.transform(String)),
  ID: Optional,
  /** MMG's own spelling. */
  DateRecieved: Optional,
});

/** Reads the JSON body in which MMG brings a text (`spec/delivery.md` 6). */
export function parseMmgText(body: string): ParsedText {
  const json = parseJson(body);
  if (json === undefined) return { ok: false, errors: ["MMG callback failed: invalid JSON"] };
  const parsed = v.safeParse(MmgText, json);
  if (!parsed.success) return refuseText("MMG", parsed.issues);
  const { MSISDN, Number: to, Message, ID, DateRecieved } = parsed.output;
  return {
    ok: true,
    text: {
      provider: "mmg",
      to: toNational(to),
      from: toSender(MSISDN),
      content: decodeMmgText(Message).toWellFormed(),
      reference: ID,
      sentAt: toSentAt(DateRecieved === null ? null : urlDecode(DateRecieved)),
    },
  };
}

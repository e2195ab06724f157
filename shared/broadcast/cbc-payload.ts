import * as v from "valibot";
import { broadcastChannels } from "./broadcast.ts";

/**
 * What a CBC proxy is told to send (`spec/broadcasts.md` 5.2): one for each network, which turns it into the XML of
 * `cap-document.ts` or `ibag-document.ts`. Vodafone alone has numbers, and `ibag` as its format.
 */

const Uuid = v.pipe(v.string(), v.uuid());
/** Four bytes. */
const MessageNumber = v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/));
/** UTC to the second: `2020-08-01T12:00:00-00:00`. */
const Time = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-00:00$/));
/** Of a reference, where the source's own form is asked for: `2020-12-16T00:00:00.000000Z`. */
const SourceTime = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/));
const Point = v.strictTuple([v.number(), v.number()]);
const Area = v.strictObject({ polygon: v.pipe(v.array(Point), v.minLength(4)) });

const alert = {
  message_type: v.literal("alert"),
  identifier: Uuid,
  headline: v.literal("GOV.UK Notify Broadcast"),
  description: v.string(),
  areas: v.pipe(v.array(Area), v.minLength(1)),
  sent: Time,
  expires: Time,
  channel: v.picklist(broadcastChannels),
};
const reference = { message_id: Uuid, sent: v.union([Time, SourceTime]) };
const cancel = { message_type: v.literal("cancel"), identifier: Uuid, sent: Time };
const test = { message_type: v.literal("test"), identifier: Uuid };
const cap = { message_format: v.literal("cap") };
const ibag = { message_format: v.literal("ibag"), message_number: MessageNumber };

function several<Entry extends v.GenericSchema>(entry: Entry) {
  return v.pipe(v.array(entry), v.minLength(1));
}

export const CapPayload = v.variant("message_type", [
  v.strictObject({ ...alert, ...cap, language: v.picklist(["en-GB", "cy-GB"]) }),
  v.strictObject({ ...cancel, ...cap, references: several(v.strictObject(reference)) }),
  v.strictObject({ ...test, ...cap }),
]);

export const IbagPayload = v.variant("message_type", [
  v.strictObject({ ...alert, ...ibag, language: v.picklist(["English", "Welsh"]) }),
  v.strictObject({
    ...cancel,
    ...ibag,
    references: several(v.strictObject({ ...reference, message_number: MessageNumber })),
  }),
  v.strictObject({ ...test, ...ibag }),
]);

export const CbcPayload = v.union([CapPayload, IbagPayload]);

export type CapPayload = v.InferOutput<typeof CapPayload>;
export type IbagPayload = v.InferOutput<typeof IbagPayload>;
export type CbcPayload = v.InferOutput<typeof CbcPayload>;

/** Who alerts come from, in every document. */
export const sender = "broadcasts@notifications.service.gov.uk";

/** As documents and payloads write an instant. */
export function cbcTime(at: Date): string {
  return `${at.toISOString().slice(0, 19)}-00:00`;
}

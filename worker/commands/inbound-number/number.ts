import * as v from "valibot";
import { parsePhoneNumber } from "../../../shared/recipient/phone-number.ts";

/** A number of the UK, however it is written; `07…` as it is kept. */
export const InboundNumber = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const parsed = parsePhoneNumber(dataset.value);
    if (parsed.ok && !parsed.number.international) return parsed.number.normalised.replace(/^44/, "0");
    addIssue({ message: "must be a phone number of the UK" });
    return NEVER;
  }),
);

export const numberArgument = { type: "positional", description: "A phone number, 07…" } as const;

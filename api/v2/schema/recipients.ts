import * as v from "valibot";
import { emailFaultMessage, parseEmailAddress } from "../../../shared/recipient/email-address.ts";
import { phoneFaultMessages } from "../../../shared/recipient/phone-messages.ts";
import { type PhoneNumber, parsePhoneNumber } from "../../../shared/recipient/phone-number.ts";
import { isSupportedCountry } from "../../../shared/recipient/phone-permissions.ts";
import { stripObscure } from "../../../shared/text/whitespace.ts";
import { notOfType } from "./words.ts";

export interface PhoneRecipient extends PhoneNumber {
  /** As typed, without outer and invisible whitespace. */
  to: string;
}

/** Any number texts could be sent to; whether this service may is asked later. */
export const PhoneField = v.pipe(
  v.string(notOfType("string")),
  v.metadata({
    description:
      "The recipient's number: UK, or with a country code. Spaces, brackets and dashes do no harm.",
    examples: ["+447900900123", "07900 900123"],
  }),
  v.rawTransform(({ dataset, addIssue, NEVER }): PhoneRecipient => {
    const parsed = parsePhoneNumber(dataset.value);
    if (parsed.ok && isSupportedCountry(parsed.number)) {
      return { ...parsed.number, to: stripObscure(dataset.value) };
    }
    addIssue({ message: phoneFaultMessages[parsed.ok ? "unsupported-country-code" : parsed.fault] });
    return NEVER;
  }),
);

export const EmailField = v.pipe(
  v.string(notOfType("string")),
  v.metadata({ description: "The recipient's address.", maxLength: 320, examples: ["amala@example.com"] }),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const address = parseEmailAddress(dataset.value);
    if (address) return address;
    addIssue({ message: emailFaultMessage });
    return NEVER;
  }),
);

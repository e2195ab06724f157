import * as v from "valibot";

/** Why a precompiled letter cannot be printed, in the order in which it is looked for (`spec/letters.md` 2.4). */
export const refusalCodes = [
  "unable-to-read-the-file",
  "letter-too-long",
  "letter-not-a4-portrait-oriented",
  "content-outside-printable-area",
  "notify-tag-found-in-content",
  "address-is-empty",
  "not-enough-address-lines",
  "too-many-address-lines",
  "invalid-address-line-1-or-2",
  "has-country-for-bfpo-address",
  "not-a-real-uk-postcode",
  "cant-send-international-letters",
  "not-a-real-uk-postcode-or-country",
  "invalid-char-in-address",
  "no-fixed-abode-address",
] as const;

export const RefusalCodeSchema = v.picklist(refusalCodes);

export type RefusalCode = (typeof refusalCodes)[number];

export const mostPages = 10;

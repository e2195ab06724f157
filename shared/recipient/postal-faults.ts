import type { PostalAddress } from "./postal-address.ts";

/** Why a letter cannot go to an address (`spec/recipients.md` 3.3). */
export type PostalFault =
  | "too-few-lines"
  | "too-many-lines"
  | "not-alphanumeric"
  | "bfpo-country"
  | "no-postcode-or-country"
  | "international-not-allowed"
  | "no-postcode"
  | "forbidden-start"
  | "no-fixed-abode";

interface Permissions {
  /** The service has `international_letters`. */
  allowsInternational: boolean;
}

/** The first fault in the order of the v2 API, or null. */
export function postalFault(address: PostalAddress, permissions: Permissions): PostalFault | null {
  return lineCountFault(address) ?? alphanumericFault(address) ?? remainingFault(address, permissions);
}

/** The first fault in the order of spreadsheets, which look for letters and digits first, or null. */
export function postalRowFault(address: PostalAddress, permissions: Permissions): PostalFault | null {
  return alphanumericFault(address) ?? lineCountFault(address) ?? remainingFault(address, permissions);
}

function lineCountFault({ lines }: PostalAddress): PostalFault | null {
  if (lines.length < 3) return "too-few-lines";
  return lines.length > 7 ? "too-many-lines" : null;
}

function alphanumericFault({ lines }: PostalAddress): PostalFault | null {
  return lines.slice(0, 2).every((line) => /[A-Za-z0-9]/.test(line)) ? null : "not-alphanumeric";
}

function remainingFault(address: PostalAddress, permissions: Permissions): PostalFault | null {
  return endingFault(address, permissions) ?? lineFault(address);
}

function endingFault(
  { postcode, bfpoNumber, abroad }: PostalAddress,
  { allowsInternational }: Permissions,
): PostalFault | null {
  if (bfpoNumber !== null) return abroad === null ? null : "bfpo-country";
  if (abroad !== null) return allowsInternational ? null : "international-not-allowed";
  if (postcode !== null) return null;
  return allowsInternational ? "no-postcode-or-country" : "no-postcode";
}

function lineFault({ lines }: PostalAddress): PostalFault | null {
  if (lines.some((line) => /^[@()=[\]"\\/,<>~]/.test(line))) return "forbidden-start";
  const isNowhere =
    lines.some((line) => /^nfa$/i.test(line)) || /no fixed (?:abode|address)/i.test(lines.join("\n"));
  return isNowhere ? "no-fixed-abode" : null;
}

/** What the v2 API says, as a `ValidationError` with status 400. */
export const postalFaultMessages: Readonly<Record<PostalFault, string>> = {
  "too-few-lines": "Address must be at least 3 lines",
  "too-many-lines": "Address must be no more than 7 lines",
  "not-alphanumeric":
    "The first 2 lines of the address must both include at least one alphanumeric character",
  "bfpo-country": "The last line of a BFPO address must not be a country.",
  "no-postcode-or-country": "Last line of address must be a real UK postcode or another country",
  "international-not-allowed": "Must be a real UK postcode",
  "no-postcode": "Must be a real UK postcode",
  // Notify's list too is short of two, and has a quotation mark that no one types.
  "forbidden-start":
    "Address lines must not start with any of the following characters: @ ( ) = [ ] ” \\ / , < >",
  "no-fixed-abode": "Must be a real address",
};

/** What spreadsheets and forms say. */
export const postalRowMessages: Readonly<Record<PostalFault, string>> = {
  "too-few-lines": "Address must be at least 3 lines long",
  "too-many-lines": "Address must be no more than 7 lines long",
  "not-alphanumeric":
    "The first 2 lines of the address must both include at least one alphanumeric character",
  "bfpo-country": "The last line of a BFPO address must not be a country.",
  "no-postcode-or-country": "Last line of the address must be a UK postcode or another country",
  "international-not-allowed": "You do not have permission to send letters to other countries",
  "no-postcode": "Last line of the address must be a real UK postcode",
  "forbidden-start":
    'Address lines must not start with any of the following characters: @ ( ) = [ ] " \\ / , < > ~',
  "no-fixed-abode": "This is not a real address",
};

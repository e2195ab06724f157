import type { ContactNumberFault } from "./contact-number.ts";
import type { PhoneFault } from "./phone-number.ts";
import type { PhonePermissionFault } from "./phone-permissions.ts";

/** What the v2 API says of a number it cannot read. Its request schema grants every permission. */
export const phoneFaultMessages: Readonly<Record<PhoneFault, string>> = {
  "invalid-number": "Number is not valid – double check the phone number you entered",
  "too-long": "Too many digits",
  "too-short": "Not enough digits",
  "unknown-character": "Must not contain letters or symbols",
  "unsupported-country-code": "Not a valid country prefix",
};

/** What the v2 API answers, with status 400, when the service may not send to a number. */
export const phonePermissionErrors: Readonly<
  Record<PhonePermissionFault, { error: string; message: string }>
> = {
  "international-not-allowed": {
    error: "BadRequestError",
    message: "Cannot send to international mobile numbers",
  },
  "landline-not-allowed": { error: "InvalidPhoneError", message: "Not a UK mobile number" },
  "unsupported-country-code": { error: "InvalidPhoneError", message: "Not a valid country prefix" },
};

/** What spreadsheets and forms say. */
export const phoneFormMessages: Readonly<Record<ContactNumberFault | PhonePermissionFault, string>> = {
  "invalid-number": "Number is not valid – double check the phone number you entered",
  "too-long": "Mobile number is too long",
  "too-short": "Mobile number is too short",
  "unknown-character": "Mobile numbers can only include: 0 1 2 3 4 5 6 7 8 9 ( ) + -",
  "unsupported-country-code": "Country code not found - double check the mobile number you entered",
  "international-not-allowed":
    "This does not look like a UK mobile number – double check the mobile number you entered",
  "landline-not-allowed":
    "This does not look like a UK mobile number – double check the mobile number you entered",
  "unsupported-emergency-number": "Phone number cannot be an emergency number",
};

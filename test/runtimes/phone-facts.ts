import library from "google-libphonenumber";
import { contactNumberFault } from "../../shared/recipient/contact-number.ts";
import { displayPhoneNumber } from "../../shared/recipient/phone-display.ts";
import { parsePhoneNumber } from "../../shared/recipient/phone-number.ts";

const { PhoneNumberFormat, PhoneNumberUtil } = library;
const util = PhoneNumberUtil.getInstance();

/** All that our code asks of the phone library about a text, or why the library cannot read it. */
export function libraryFacts(text: string, region: string | undefined) {
  try {
    const number = util.parse(text, region);
    return {
      countryCode: number.getCountryCodeOrDefault(),
      national: util.getNationalSignificantNumber(number),
      nationalNumber: number.getNationalNumber(),
      possible: util.isPossibleNumberWithReason(number),
      isValid: util.isValidNumber(number),
      type: util.getNumberType(number),
      region: util.getRegionCodeForNumber(number),
      e164: util.format(number, PhoneNumberFormat.E164),
      international: util.format(number, PhoneNumberFormat.INTERNATIONAL),
      forPeopleThere: util.format(number, PhoneNumberFormat.NATIONAL),
    };
  } catch (error) {
    return { refusal: String(error) };
  }
}

/** All that our code says of a text. */
export function ourFacts(text: string) {
  return {
    parsed: parsePhoneNumber(text),
    contact: contactNumberFault(text),
    display: displayPhoneNumber(text.replace("+", "")),
  };
}

import libphonenumber from "google-libphonenumber";

const { PhoneNumberFormat, PhoneNumberUtil } = libphonenumber;

/** A normalised number for people: `07400 123456`, or `+33 6 12 34 56 78` abroad. */
export function displayPhoneNumber(normalised: string): string {
  const util = PhoneNumberUtil.getInstance();
  const number = util.parse(`+${normalised}`);
  const isUk = number.getCountryCode() === 44;
  return util.format(number, isUk ? PhoneNumberFormat.NATIONAL : PhoneNumberFormat.INTERNATIONAL);
}

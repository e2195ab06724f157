import libphonenumber from "google-libphonenumber";

const { PhoneNumberFormat, PhoneNumberUtil } = libphonenumber;

/** A normalised number for people: `07400 123456`, or `+33 6 12 34 56 78` abroad. What is no number stays as it is. */
export function displayPhoneNumber(normalised: string): string {
  if (!/^\d{4,15}$/.test(normalised)) return normalised;
  const util = PhoneNumberUtil.getInstance();
  try {
    const number = util.parse(`+${normalised}`);
    const isUk = number.getCountryCode() === 44;
    return util.format(number, isUk ? PhoneNumberFormat.NATIONAL : PhoneNumberFormat.INTERNATIONAL);
  } catch {
    return normalised;
  }
}

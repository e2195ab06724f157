import { findDestination } from "./international-rates.ts";
import type { PhoneNumber } from "./phone-number.ts";

export type PhonePermissionFault =
  | "international-not-allowed"
  | "landline-not-allowed"
  | "unsupported-country-code";

/**
 * Why a service with these permissions may not send to a number, or null. Crown dependencies count as the
 * UK: their mobiles need no permission, their landlines the landline one.
 */
export function phonePermissionFault(
  number: PhoneNumber,
  permissions: ReadonlySet<string>,
): PhonePermissionFault | null {
  if (number.countryCode !== 44 && !permissions.has("international_sms")) return "international-not-allowed";
  if (number.isUkLandline && !permissions.has("sms_to_uk_landlines")) return "landline-not-allowed";
  return isSupportedCountry(number) ? null : "unsupported-country-code";
}

/** Whether texts can go to the number's country at all. */
export function isSupportedCountry(number: PhoneNumber): boolean {
  return findDestination(number.phonePrefix) !== null;
}

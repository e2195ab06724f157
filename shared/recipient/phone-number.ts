import libphonenumber from "google-libphonenumber";
import { findDestination, phonePrefixOf } from "./international-rates.ts";

/** A telephone number texts may be sent to, as notifications-utils `phone_number.py` reads it. */
export interface PhoneNumber {
  /** E.164 digits without `+`: what is sent to the provider and searched by. */
  normalised: string;
  countryCode: number;
  /** What it is billed by: the country code, or under +1 an island's four digits. */
  phonePrefix: string;
  /** True for crown dependencies too, whose country code is 44. */
  international: boolean;
  /** Null when texts cannot go to the country. */
  rateMultiplier: number | null;
  /** A number under 44 that needs the landline permission: a fixed line or UAN. */
  isUkLandline: boolean;
  /** False where receipts mean nothing, so that the message stays `sent`. */
  sendsReceipts: boolean;
}

export type PhoneFault =
  | "invalid-number"
  | "too-long"
  | "too-short"
  | "unknown-character"
  | "unsupported-country-code";

export type ParsedPhoneNumber = { ok: true; number: PhoneNumber } | { ok: false; fault: PhoneFault };

const { PhoneNumberType, PhoneNumberUtil } = libphonenumber;
const { ValidationResult } = PhoneNumberUtil;

const allowedCharacters = /^[0-9()+\- \t-\r\u180e\u200b-\u200d\u2060\ufeff\u2028\u2029\u00a0\u202f]*$/;

/** Ranges that are wholly mobiles of the mainland, and drama's, typed plainly. Tests compare each with libphonenumber. */
const plainMobile =
  /^(?:0|\+?44)?(7(?:(?:[123]\d|4[0-46-9]|5[13-9]|7[1-7]|8[014-9]|9[024-9])\d|700)) ?(\d{6})$/;

const landlineTypes: ReadonlySet<number> = new Set([
  PhoneNumberType.FIXED_LINE,
  PhoneNumberType.FIXED_LINE_OR_MOBILE,
  PhoneNumberType.UAN,
]);

const acceptedTypes: ReadonlySet<number> = new Set([
  ...landlineTypes,
  PhoneNumberType.MOBILE,
  PhoneNumberType.PERSONAL_NUMBER,
]);

/** Reads a number as typed; the UK is assumed. Whether a service may send to it is `phonePermissionFault`'s to say. */
export function parsePhoneNumber(raw: string): ParsedPhoneNumber {
  const plain = plainMobile.exec(raw);
  if (plain) return { ok: true, number: mainlandMobile(`44${plain[1]}${plain[2]}`) };
  const first = parseOnce(raw);
  return first.ok ? first : parseOnce(repairPhoneNumber(raw));
}

function mainlandMobile(normalised: string): PhoneNumber {
  return {
    normalised,
    countryCode: 44,
    phonePrefix: "44",
    international: false,
    rateMultiplier: 1,
    isUkLandline: false,
    sendsReceipts: true,
  };
}

/** One try: `parsePhoneNumber` makes another with `repairPhoneNumber`. */
export function parseOnce(text: string): ParsedPhoneNumber {
  const read = readDigits(text);
  if (!read.ok) return read;
  const util = PhoneNumberUtil.getInstance();
  const reason = util.isPossibleNumberWithReason(read.number);
  if (reason === ValidationResult.IS_POSSIBLE) return accept(read.number);
  const abroad = tryParse(`+${text}`, undefined);
  if (abroad !== null && util.isPossibleNumberWithReason(abroad) === ValidationResult.IS_POSSIBLE) {
    return accept(abroad);
  }
  return { ok: false, fault: faultOf(reason) };
}

type ReadDigits = { ok: true; number: libphonenumber.PhoneNumber } | { ok: false; fault: PhoneFault };

/** What libphonenumber makes of a text, of whatever length. */
export function readDigits(text: string): ReadDigits {
  if (!allowedCharacters.test(text)) return { ok: false, fault: "unknown-character" };
  if (text === "") return { ok: false, fault: "too-short" };
  const number = tryParse(text, "GB");
  return number === null ? { ok: false, fault: "invalid-number" } : { ok: true, number };
}

/** Deletes every `+`, then leading zeros, then writes the rest in ASCII. */
export function repairPhoneNumber(raw: string): string {
  return raw
    .replaceAll("+", "")
    .replace(/^0+/, "")
    .replace(/[\u2011\u2013\u2014\u2212]/g, "-")
    .replace(/[\u00a0\u202f\t]/g, " ")
    .replace(/[\u180e\u200b-\u200d\u2060\ufeff\u2028\u2029]/g, "");
}

function tryParse(text: string, region: string | undefined): libphonenumber.PhoneNumber | null {
  try {
    return PhoneNumberUtil.getInstance().parse(text, region);
  } catch {
    return null;
  }
}

function faultOf(reason: libphonenumber.PhoneNumberUtil.ValidationResult): PhoneFault {
  switch (reason) {
    case ValidationResult.TOO_LONG:
      return "too-long";
    case ValidationResult.TOO_SHORT:
    case ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
      return "too-short";
    case ValidationResult.INVALID_COUNTRY_CODE:
      return "unsupported-country-code";
    default:
      return "invalid-number";
  }
}

function accept(parsed: libphonenumber.PhoneNumber): ParsedPhoneNumber {
  const util = PhoneNumberUtil.getInstance();
  const countryCode = parsed.getCountryCodeOrDefault();
  const national = util.getNationalSignificantNumber(parsed);
  // Numbers for use in drama, whatever their country code.
  const isDrama = /^7700\d/.test(national);
  const type = util.getNumberType(parsed);
  if (!isDrama && !(util.isValidNumber(parsed) && acceptedTypes.has(type))) {
    return { ok: false, fault: "invalid-number" };
  }
  const phonePrefix = phonePrefixOf(countryCode, national);
  const destination = findDestination(phonePrefix);
  const international = !isDrama && util.getRegionCodeForNumber(parsed) !== "GB";
  const abroadMultiplier = destination?.rateMultiplier ?? null;
  return {
    ok: true,
    number: {
      normalised: `${countryCode}${national}`,
      countryCode,
      phonePrefix,
      international,
      rateMultiplier: international ? abroadMultiplier : 1,
      isUkLandline: countryCode === 44 && landlineTypes.has(type),
      sendsReceipts: destination?.sendsReceipts ?? true,
    },
  };
}

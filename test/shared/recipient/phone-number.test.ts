import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import libphonenumber from "google-libphonenumber";
import { displayPhoneNumber } from "../../../shared/recipient/phone-display.ts";
import {
  phoneFaultMessages,
  phoneFormMessages,
  phonePermissionErrors,
} from "../../../shared/recipient/phone-messages.ts";
import { type PhoneNumber, parsePhoneNumber } from "../../../shared/recipient/phone-number.ts";
import { phonePermissionFault } from "../../../shared/recipient/phone-permissions.ts";

function numberOf(raw: string): PhoneNumber {
  const parsed = parsePhoneNumber(raw);
  if (!parsed.ok) throw new Error(`Cannot read ${raw}: ${parsed.fault}`);
  return parsed.number;
}

function outcome(raw: string): string {
  const parsed = parsePhoneNumber(raw);
  return parsed.ok ? parsed.number.normalised : parsed.fault;
}

const everything = new Set(["international_sms", "sms_to_uk_landlines"]);

describe("reading a phone number", () => {
  test.each([
    ["07400 123456", "447400123456"],
    ["7400123456", "447400123456"],
    ["+44 (0) 7400-123-456", "447400123456"],
    ["00 44 (0) 7400 123456", "447400123456"],
    ["+4407400123456", "447400123456"],
    ["0+447400123456", "447400123456"],
    ["+07400123456", "447400123456"],
    ["00007400123456", "447400123456"],
    ["07400–123–456", "447400123456"],
    ["07400\u00a0123\u200b456", "447400123456"],
    ["07400\ufeff123456", "447400123456"],
    ["\t07400\t123456\n", "447400123456"],
    ["07911 1234567", "79111234567"],
    ["020 7946 0018", "442079460018"],
    ["0300 123 1234", "443001231234"],
    ["070 1234 5678", "447012345678"],
    ["07781 123456", "447781123456"],
    ["01534 712345", "441534712345"],
    ["07700 912345", "447700912345"],
    ["+1 770 012 3456", "17700123456"],
    ["33612345678", "33612345678"],
    ["0033612345678", "33612345678"],
    ["12025550123", "12025550123"],
    ["+1 242 357 1234", "12423571234"],
    ["07400.123456", "unknown-character"],
    ["07400 123456 / 07400 123457", "unknown-character"],
    ["+44 7400 123456 ext. 2", "unknown-character"],
    ["０７４００１２３４５６", "unknown-character"],
    ["٠٧٤٠٠١٢٣٤٥٦", "unknown-character"],
    ["07400 12345", "invalid-number"],
    ["07400 123 456 789", "too-long"],
    ["074", "too-short"],
    ["12345", "too-short"],
    ["999", "too-short"],
    ["116 123", "too-short"],
    ["", "too-short"],
    ["0800 123 1234", "invalid-number"],
    ["0845 123 1234", "invalid-number"],
    ["0909 879 0123", "invalid-number"],
    ["07640 123456", "invalid-number"],
    ["056 1234 5678", "invalid-number"],
    ["0612345678", "invalid-number"],
    ["2025550123", "invalid-number"],
    ["+850 191 123 4567", "8501911234567"],
    ["+247 40123", "24740123"],
    // Separators, and digits in brackets.
    ["(07400) 123456", "447400123456"],
    ["((07400)) 123-456", "447400123456"],
    ["0-7-4-0-0-1-2-3-4-5-6", "447400123456"],
    ["+44(0)7400123456", "447400123456"],
    ["++447400123456", "447400123456"],
    ["+ 44 7400 123456", "447400123456"],
    ["07400\t123456", "447400123456"],
    ["07400\u202f123456", "447400123456"],
    ["\u180e\u200c\u200d\u206007400\u2028123\u2029456", "447400123456"],
    ["07400—123−456", "447400123456"],
    ["07400‑123‑456", "447400123456"],
    ["44 07400 123456", "447400123456"],
    ["00447400123456", "447400123456"],
    ["000447400123456", "447400123456"],
    ["07400\n123456", "invalid-number"],
    ["07400\u2003123456", "unknown-character"],
    ["07400\u3000123456", "unknown-character"],
    ["07400‐123456", "unknown-character"],
    ["07400/123456", "unknown-character"],
    ["07400_123456", "unknown-character"],
    ["07400,123456", "unknown-character"],
    ["07400*123456", "unknown-character"],
    ["#07400123456", "unknown-character"],
    ["tel:07400123456", "unknown-character"],
    ["0740O123456", "unknown-character"],
    ["＋447400123456", "unknown-character"],
    ["०७४००१२३४५६", "unknown-character"],
    ["۰۷۴۰۰۱۲۳۴۵۶", "unknown-character"],
    ["𝟎𝟕𝟒𝟎𝟎𝟏𝟐𝟑𝟒𝟓𝟔", "unknown-character"],
    ["07400 12345²", "unknown-character"],
    ["é07400123456", "unknown-character"],
    // What is left when there are no digits, and too many or too few of them.
    [" ", "invalid-number"],
    ["+", "too-short"],
    ["-", "invalid-number"],
    ["()", "invalid-number"],
    ["\u200b", "too-short"],
    ["0", "too-short"],
    ["000", "too-short"],
    ["1", "invalid-number"],
    ["112", "too-short"],
    ["+44", "too-short"],
    ["+447400", "too-short"],
    ["0740012345678901234", "invalid-number"],
    ["+999 1234567890", "too-long"],
    ["1".repeat(300), "invalid-number"],
    // Services' numbers, by their type.
    ["0333 123 1234", "443331231234"],
    ["055 1234 5678", "445512345678"],
    ["0161 496 0123", "441614960123"],
    ["029 2018 0123", "442920180123"],
    ["028 9018 0123", "442890180123"],
    ["0808 157 0123", "invalid-number"],
    ["0500 123123", "invalid-number"],
    ["0870 123 1234", "invalid-number"],
    ["0843 123 1234", "invalid-number"],
    ["118 500", "too-short"],
    ["07600 123456", "invalid-number"],
    // Numbers of drama.
    ["07700 900000", "447700900000"],
    ["+44 7700-000000", "447700000000"],
    ["7700 999999", "447700999999"],
    ["+7 770 012 3456", "77700123456"],
    // A digit too few, which is possible somewhere in Great Britain.
    ["07700 90000", "44770090000"],
  ])("%p gives %p", (raw, expected) => {
    expect(outcome(raw)).toBe(expected);
  });

  test.each([
    ["07400 123456", { phonePrefix: "44", international: false, rateMultiplier: 1, isUkLandline: false }],
    ["07781 123456", { phonePrefix: "44", international: true, rateMultiplier: 2, isUkLandline: false }],
    ["07797 712345", { phonePrefix: "44", international: true, rateMultiplier: 2, isUkLandline: false }],
    ["07624 123456", { phonePrefix: "44", international: true, rateMultiplier: 2, isUkLandline: false }],
    ["07700 912345", { phonePrefix: "44", international: false, rateMultiplier: 1, isUkLandline: false }],
    ["01534 712345", { phonePrefix: "44", international: true, rateMultiplier: 2, isUkLandline: true }],
    ["020 7946 0018", { phonePrefix: "44", international: false, rateMultiplier: 1, isUkLandline: true }],
    ["0300 123 1234", { phonePrefix: "44", international: false, rateMultiplier: 1, isUkLandline: true }],
    ["070 1234 5678", { phonePrefix: "44", international: false, rateMultiplier: 1, isUkLandline: false }],
    ["+1 770 012 3456", { phonePrefix: "1", international: false, rateMultiplier: 1, isUkLandline: false }],
    ["33612345678", { phonePrefix: "33", international: true, rateMultiplier: 2, isUkLandline: false }],
    ["12025550123", { phonePrefix: "1", international: true, rateMultiplier: 1, isUkLandline: false }],
    ["+1 242 357 1234", { phonePrefix: "1242", international: true, rateMultiplier: 3, isUkLandline: false }],
    ["+247 40123", { phonePrefix: "247", international: true, rateMultiplier: null, isUkLandline: false }],
  ])("%p is billed by its country", (raw, expected) => {
    expect(numberOf(raw)).toMatchObject(expected);
  });

  test.each([
    ["07400 123456", true],
    ["33612345678", true],
    ["12025550123", false],
    ["+1 242 357 1234", false],
    ["+86 131 2345 6789", false],
  ])("%p sends receipts: %p", (raw, expected) => {
    expect(numberOf(raw).sendsReceipts).toBe(expected);
  });

  test("plain mobiles are read as libphonenumber reads them, in every range", () => {
    const { PhoneNumberType, PhoneNumberUtil } = libphonenumber;
    const util = PhoneNumberUtil.getInstance();
    const prefixes = ["0", "44", "+44", ""];
    const differing: string[] = [];
    for (let range = 0; range < 10_000; range += 1) {
      const start = `7${String(range).padStart(4, "0")}`;
      // Personal and drama numbers are accepted without being mobiles.
      if (start.startsWith("70") || start.startsWith("7700")) continue;
      const prefix = prefixes[(range + (range >> 4)) % 4];
      const end = String((range * 7919) % 100_000).padStart(5, "0");
      const parsed = util.parse(`${prefix}${start}${end}`, "GB");
      const isMobile =
        util.isValidNumber(parsed) &&
        util.getNumberType(parsed) === PhoneNumberType.MOBILE &&
        util.getRegionCodeForNumber(parsed) === "GB";
      const ours = parsePhoneNumber(`${prefix}${start.slice(0, 4)} ${start.slice(4)}${end}`);
      const isOurs = ours.ok && !ours.number.international;
      const isSame = isOurs && ours.number.normalised === `44${parsed.getNationalNumber()}`;
      if (isMobile ? !isSame : isOurs) differing.push(start);
    }

    expect(differing).toEqual([]);
  });

  test("plain drama numbers are read as they are when typed with hyphens, in every range", () => {
    for (let range = 0; range < 1000; range += 1) {
      const rest = `${String(range).padStart(3, "0")}123`;

      expect(parsePhoneNumber(`07700${rest}`)).toEqual(parsePhoneNumber(`07700-${rest}`));
      expect(parsePhoneNumber(`+447700 ${rest}`)).toEqual(parsePhoneNumber(`+447700-${rest}`));
    }
  });

  const typed = fc.string({ unit: fc.constantFrom(..."0123456789+-() 447\u200b\u2013\u00a0") });
  const national = fc.stringMatching(/^[1-9]\d{6,11}$/);
  const plausible = fc
    .tuple(fc.constantFrom("0", "+44", "7", "07", "+1", "+33", "0049", "+39 0", "+54 9", "+"), national)
    .map((parts) => parts.join(""));

  test("never throws", () => {
    fc.assert(
      fc.property(fc.oneof(typed, plausible, fc.string({ unit: "binary" })), (raw) => {
        const parsed = parsePhoneNumber(raw);
        expect(parsed.ok ? parsed.number.normalised : "0").toMatch(/^\d+$/);
      }),
    );
  });

  test("reads what it normalised as the same number, and so what it shows of it", () => {
    fc.assert(
      fc.property(fc.oneof(typed, plausible), (raw) => {
        const parsed = parsePhoneNumber(raw);
        if (!parsed.ok) return;
        const { normalised } = parsed.number;
        expect(parsePhoneNumber(`+${normalised}`)).toEqual(parsed);
        const shown = displayPhoneNumber(normalised);
        if (/^[\d+() -]*$/.test(shown)) expect(outcome(shown)).toBe(normalised);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("permission to send to a number", () => {
  test.each([
    ["07400 123456", [], null],
    ["07781 123456", [], null],
    ["33612345678", [], "international-not-allowed"],
    ["33612345678", ["international_sms"], null],
    ["07911 1234567", ["sms_to_uk_landlines"], "international-not-allowed"],
    ["+1 770 012 3456", [], "international-not-allowed"],
    ["020 7946 0018", ["international_sms"], "landline-not-allowed"],
    ["0300 123 1234", [], "landline-not-allowed"],
    ["01534 712345", ["international_sms"], "landline-not-allowed"],
    ["020 7946 0018", ["sms_to_uk_landlines"], null],
    ["+850 191 123 4567", [], "international-not-allowed"],
    ["+850 191 123 4567", ["international_sms"], "unsupported-country-code"],
    ["+247 40123", ["international_sms"], "unsupported-country-code"],
  ] as const)("%p with %p: %p", (raw, permissions, expected) => {
    expect(phonePermissionFault(numberOf(raw), new Set<string>(permissions))).toBe(expected);
  });

  test("says what Notify says", () => {
    expect(phoneFaultMessages["too-short"]).toBe("Not enough digits");
    expect(phonePermissionErrors["landline-not-allowed"]).toEqual({
      error: "InvalidPhoneError",
      message: "Not a UK mobile number",
    });
    expect(phoneFormMessages["unknown-character"]).toBe(
      "Mobile numbers can only include: 0 1 2 3 4 5 6 7 8 9 ( ) + -",
    );
  });

  test("grants every number in the rate table", () => {
    expect(phonePermissionFault(numberOf("+998 90 123 4567"), everything)).toBeNull();
  });
});

describe("showing a number", () => {
  test.each([
    ["447400123456", "07400 123456"],
    ["33612345678", "+33 6 12 34 56 78"],
    ["442079460018", "020 7946 0018"],
    ["443001231234", "0300 123 1234"],
    ["447781123456", "07781 123456"],
    ["441534712345", "01534 712345"],
    ["447700900123", "07700 900123"],
    ["12025550123", "+1 202-555-0123"],
    ["12423571234", "+1 242-357-1234"],
    ["393123456789", "+39 312 345 6789"],
    ["999999999", "999999999"],
    ["07400 12345", "07400 12345"],
    ["nobody", "nobody"],
    ["", ""],
  ])("%p is shown as %p", (normalised, expected) => {
    expect(displayPhoneNumber(normalised)).toBe(expected);
  });
});

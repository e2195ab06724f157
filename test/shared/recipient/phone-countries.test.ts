import { describe, expect, test } from "bun:test";
import libphonenumber from "google-libphonenumber";
import { findDestination } from "../../../shared/recipient/international-rates.ts";
import { type PhoneNumber, parsePhoneNumber } from "../../../shared/recipient/phone-number.ts";
import { isSupportedCountry, phonePermissionFault } from "../../../shared/recipient/phone-permissions.ts";

const { PhoneNumberFormat, PhoneNumberType, PhoneNumberUtil } = libphonenumber;
const util = PhoneNumberUtil.getInstance();

function numberOf(raw: string): PhoneNumber {
  const parsed = parsePhoneNumber(raw);
  if (!parsed.ok) throw new Error(`Cannot read ${raw}: ${parsed.fault}`);
  return parsed.number;
}

/** A mobile of each region, or any number where the library knows no mobile. */
const examples = util.getSupportedRegions().map((region) => {
  const mobile = util.getExampleNumberForType(region, PhoneNumberType.MOBILE);
  const example = mobile?.hasNationalNumber() ? mobile : util.getExampleNumber(region);
  return { region, example, e164: util.format(example, PhoneNumberFormat.E164) };
});

/** Not the mobiles of any region in the metadata, but numbers of the islands' own. */
const islands = [
  ["1829", "+1 829 234 5678"],
  ["1849", "+1 849 234 5678"],
] as const;

describe("numbers of every country", () => {
  test("are read in E.164, as people abroad write them, and as they write them for us", () => {
    for (const { region, example, e164 } of examples) {
      const { normalised, countryCode } = numberOf(e164);
      expect(`+${normalised}`).toBe(e164);
      expect(countryCode).toBe(example.getCountryCodeOrDefault());

      const spaced = util.format(example, PhoneNumberFormat.INTERNATIONAL);
      // Some countries write what Notify does not take.
      if (/^[\d+() -]*$/.test(spaced)) expect(numberOf(spaced)).toEqual(numberOf(e164));
      const dialled = util.formatOutOfCountryCallingNumber(example, "GB");
      if (countryCode !== 44 && /^[\d() -]*$/.test(dialled))
        expect(numberOf(dialled)).toEqual(numberOf(e164));
      // The library's own example of a Manx mobile stands in a range it gives to Great Britain too, which comes first.
      expect(numberOf(e164).international).toBe(region !== "GB" && region !== "IM");
    }
  });

  test("reach all 223 prefixes of the rate table, and each is billed by its row", () => {
    const numbers = [...examples.map(({ e164 }) => e164), ...islands.map(([, number]) => number)].map(
      numberOf,
    );
    const billed = numbers.filter(isSupportedCountry);

    expect(new Set(billed.map(({ phonePrefix }) => phonePrefix)).size).toBe(223);
    for (const { phonePrefix, international, rateMultiplier, sendsReceipts } of billed) {
      const row = findDestination(phonePrefix);
      expect(rateMultiplier).toBe(international ? (row?.rateMultiplier ?? null) : 1);
      expect(sendsReceipts).toBe(row?.sendsReceipts ?? true);
    }
  });

  test("are refused without the permission, and where no texts go", () => {
    const granted = new Set(["international_sms", "sms_to_uk_landlines"]);
    for (const number of examples.map(({ e164 }) => numberOf(e164))) {
      const isOurs = number.countryCode === 44;
      expect(phonePermissionFault(number, new Set())).toBe(isOurs ? null : "international-not-allowed");
      const isKnown = findDestination(number.phonePrefix) !== null;
      expect(phonePermissionFault(number, granted)).toBe(isKnown ? null : "unsupported-country-code");
    }
  });

  test.each(islands)("+%s is an island's own prefix: %s", (prefix, raw) => {
    expect(numberOf(raw).phonePrefix).toBe(prefix);
  });

  test.each([
    ["+247 40123", "247"],
    ["+290 51234", "290"],
    ["+688 901234", "688"],
    ["+850 191 123 4567", "850"],
  ])("%s can be read, but no text goes to +%s", (raw, prefix) => {
    expect(numberOf(raw)).toMatchObject({ phonePrefix: prefix, international: true, rateMultiplier: null });
    expect(isSupportedCountry(numberOf(raw))).toBe(false);
  });

  test.each([
    ["+800 1234 5678", "invalid-number"],
    ["+808 1234 5678", "invalid-number"],
    ["+870 301 234 567", null],
    ["+878 101 234 567 890", "invalid-number"],
    ["+881 612 345 678", null],
    ["+882 16 3456 7890", "invalid-number"],
    ["+883 510 012 345 678", "invalid-number"],
    ["+888 123 456 78901", null],
    ["+979 123 456 789", "invalid-number"],
  ] as const)("%s, of no country: %p", (raw, fault) => {
    const parsed = parsePhoneNumber(raw);
    if (parsed.ok) expect(isSupportedCountry(parsed.number)).toBe(false);
    expect(parsed.ok ? null : parsed.fault).toBe(fault);
  });
});

describe("numbers of the crown dependencies", () => {
  /** Mobile ranges of five digits in the metadata, but those that count as drama's. */
  const ranges = Map.groupBy(
    Array.from({ length: 10_000 }, (_, index) => `7${String(index).padStart(4, "0")}`),
    (start) => {
      const number = util.parse(`+44${start}12345`);
      const isMobile = util.isValidNumber(number) && util.getNumberType(number) === PhoneNumberType.MOBILE;
      return isMobile && !start.startsWith("7700") ? util.getRegionCodeForNumber(number) : undefined;
    },
  );
  const ofRegion = (region: "JE" | "GG" | "IM") => ranges.get(region) ?? [];

  test.each([
    ["JE", ["75090", "77970", "78299", "79379"]],
    ["GG", ["77810", "78399", "79111", "79117"]],
    ["IM", ["74576", "75240", "76249"]],
  ] as const)("in %s have these ranges among others: %j", (region, expected) => {
    expect(ofRegion(region)).toEqual(expect.arrayContaining(expected));
  });

  test.each(["JE", "GG", "IM"] as const)(
    "in %s are international, at 2, and need no permission if they are mobiles",
    (region) => {
      for (const start of ofRegion(region)) {
        for (const raw of [`0${start} 12345`, `+44 ${start} 12345`, `0044${start}12345`, `${start}-12-345`]) {
          const number = numberOf(raw);
          expect(number).toEqual({
            normalised: `44${start}12345`,
            countryCode: 44,
            phonePrefix: "44",
            international: true,
            rateMultiplier: 2,
            isUkLandline: false,
            sendsReceipts: true,
          });
          expect(phonePermissionFault(number, new Set())).toBeNull();
        }
      }
    },
  );

  test.each([
    ["01534 712345", "441534712345"],
    ["01481 712345", "441481712345"],
    ["+44 1624 612345", "441624612345"],
    ["(01534) 44-5500", "441534445500"],
  ])("such as %s need the landline permission if they are landlines", (raw, normalised) => {
    const number = numberOf(raw);

    expect(number).toMatchObject({ normalised, international: true, rateMultiplier: 2, isUkLandline: true });
    expect(phonePermissionFault(number, new Set(["international_sms"]))).toBe("landline-not-allowed");
    expect(phonePermissionFault(number, new Set(["sms_to_uk_landlines"]))).toBeNull();
  });
});

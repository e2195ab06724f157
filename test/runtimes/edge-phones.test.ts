import { beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import fc from "fast-check";
import library from "google-libphonenumber";
import { slimPhoneLibrary, withSlimPhones } from "../../api/build-edge-phones.ts";
import { atEnd } from "../support/at-end.ts";
import * as full from "./phone-facts.ts";

const { PhoneNumberType, PhoneNumberUtil } = library;
const util = PhoneNumberUtil.getInstance();

/** The same functions, bundled as for the edge. */
let slim: typeof full;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "pillarbox-phones-"));
  atEnd.push(() => rm(folder, { recursive: true, force: true }));
  const outfile = join(folder, "phone-facts.mjs");
  await build({
    entryPoints: [join(import.meta.dir, "phone-facts.ts")],
    outfile,
    bundle: true,
    minify: true,
    charset: "utf8",
    format: "esm",
    platform: "browser",
    plugins: [withSlimPhones],
  });
  slim = await import(outfile);
});

interface Example {
  region: string | undefined;
  countryCode: number;
  national: string;
}

/** Numbers of no region: free calls, satellites, networks. */
const ofNoRegion: readonly Example[] = [
  [800, "12345678"],
  [808, "12345678"],
  [870, "301234567"],
  [878, "101234567890"],
  [881, "612345678"],
  [882, "1634567890"],
  [883, "510012345678"],
  [888, "12345678901"],
  [979, "123456789"],
].map(([countryCode, national]) => ({
  region: undefined,
  countryCode: Number(countryCode),
  national: String(national),
}));

/** The library's own numbers of each region, one of each type, and those of none. */
function examples(): Example[] {
  const types = Object.values(PhoneNumberType).filter((type) => typeof type === "number");
  const ofRegions = util
    .getSupportedRegions()
    .flatMap((region) =>
      types.map((type) => ({ region, number: util.getExampleNumberForType(region, type) })),
    );
  const known = ofRegions.flatMap(({ region, number }) =>
    number?.hasNationalNumber()
      ? [
          {
            region,
            countryCode: number.getCountryCodeOrDefault(),
            national: util.getNationalSignificantNumber(number),
          },
        ]
      : [],
  );
  return [...known, ...ofNoRegion];
}

const change = fc.record({
  kind: fc.constantFrom("replace", "insert", "delete"),
  at: fc.nat(14),
  digit: fc.nat(9),
});

function changed(digits: string, { kind, at, digit }: { kind: string; at: number; digit: number }): string {
  const place = at % digits.length;
  const insert = kind === "delete" ? "" : String(digit);
  return `${digits.slice(0, place)}${insert}${digits.slice(kind === "insert" ? place : place + 1)}`;
}

describe("the phone library of the edge's bundle", () => {
  test("says what the whole library says, of numbers of every region and of those nearly such", () => {
    const differences: unknown[] = [];
    let compared = 0;
    let valid = 0;
    const compare = (text: string, region: string | undefined) => {
      const expected = full.libraryFacts(text, region);
      const actual = slim.libraryFacts(text, region);
      compared++;
      if (expected.isValid === true) valid++;
      if (!Bun.deepEquals(actual, expected)) differences.push({ text, region, expected, actual });
    };
    for (const [index, { region, countryCode, national }] of examples().entries()) {
      const near = fc.sample(change, { seed: index, numRuns: 4 }).map((one) => changed(national, one));
      for (const digits of [national, ...near]) {
        compare(`+${countryCode}${digits}`, undefined);
        if (region === undefined) continue;
        compare(digits, region);
        compare(`0${digits}`, region);
      }
    }

    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(20_000);
    expect(valid).toBeGreaterThan(7_000);
  });

  test("has our own functions say the same", () => {
    const prefixes = fc.constantFrom("", "+", "0", "00", "+0", "+44 ", "0044", "(0)", "44");
    const typed = fc.sample(
      fc.tuple(prefixes, fc.stringMatching(/^[0-9()+ -]{0,16}$/)).map((parts) => parts.join("")),
      { seed: 1, numRuns: 2_000 },
    );
    const abroad = examples().map(({ countryCode, national }) => `+${countryCode} ${national}`);
    for (const text of [...typed, ...abroad]) {
      expect({ text, ...slim.ourFacts(text) }).toEqual({ text, ...full.ourFacts(text) });
    }
  });

  test.each([
    ["a script of another kind", () => "export const nothing = 1;", "its script is not where it was"],
    [
      "a new kind of statement",
      (source: string) => source.replaceAll("goog.inherits(", "goog.mixin("),
      "another kind",
    ],
    [
      "metadata elsewhere",
      (source: string) => source.replaceAll("countryToMetadata", "regions"),
      "its metadata is",
    ],
    [
      "metadata in text",
      (source: string) => source.replace("countryToMetadata={AC:[,[,,", "countryToMetadata={AC:[,[,,!0,"),
      "UnaryExpression",
    ],
  ])("is not made of a library that has %s", async (_, alter, message) => {
    const path = require.resolve("google-libphonenumber");
    const source = alter(await Bun.file(path).text());
    const words = new Set(["PhoneNumberUtil", "parse", "format", "isValidNumber"]);

    expect(() => slimPhoneLibrary(source, words)).toThrow(message);
  });
});

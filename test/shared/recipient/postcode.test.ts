import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { normalisePostcode } from "../../../shared/recipient/postcode.ts";

const areas =
  "AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE";

describe("a postcode", () => {
  test.each([
    ["LS1 4AP", "LS1 4AP"],
    ["ls14ap", "LS1 4AP"],
    [" l s 1 4 a p ", "LS1 4AP"],
    ["LS1\t4AP", "LS1 4AP"],
    ["LS1\u00a04AP", "LS1 4AP"],
    ["LS1\u20034AP", "LS1 4AP"],
    ["sw1a2aa", "SW1A 2AA"],
    ["EC1Y 8SY", "EC1Y 8SY"],
    ["E16AN", "E1 6AN"],
    ["m601nw", "M60 1NW"],
    ["w1a 1hq", "W1A 1HQ"],
    ["je23ab", "JE2 3AB"],
    ["GY1 1AA", "GY1 1AA"],
    ["IM1 1AA", "IM1 1AA"],
    ["bf12at", "BF1 2AT"],
    ["BX1 1LT", "BX1 1LT"],
    ["ZE1 0AA", "ZE1 0AA"],
  ])("%j is %s", (text, expected) => {
    expect(normalisePostcode(text)).toBe(expected);
  });

  test.each([
    "",
    "LS1",
    "LS14A",
    "LS1 4AP2",
    "LS1 44P",
    "LS1-4AP",
    "LS1 4AP.",
    "1S1 4AP",
    "LSA 4AP",
    "LS111 4AP",
    "LS1AA 4AP",
    "Leeds LS1 4AP",
    "ZZ1 1AA",
    "QQ1 1AA",
    "A1 1AA",
    "GX11 1AA",
    "GIR 0AA",
    "FIQQ 1ZZ",
    "LS1 4CP",
    "LS1 4AI",
    "LS1 4KP",
    "LS1 4AM",
    "LS1 4OP",
    "LS1 4AV",
    "ＬＳ１ ４ＡＰ",
    "LS1 ٤AP",
  ])("%j is none", (text) => {
    expect(normalisePostcode(text)).toBeNull();
  });

  test.each(areas.split(" "))("%s is an area, with four shapes", (area) => {
    expect(normalisePostcode(`${area}1 1AA`)).toBe(`${area}1 1AA`);
    expect(normalisePostcode(`${area}11 1AA`)).toBe(`${area}11 1AA`);
    expect(normalisePostcode(`${area}1A 1AA`)).toBe(`${area}1A 1AA`);
    expect(normalisePostcode(`${area} 1AA`)).toBeNull();
  });

  test("has 20 letters it may end in", () => {
    const letters = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    const last = letters.filter((letter) => normalisePostcode(`LS1 4A${letter}`) !== null);
    const lastButOne = letters.filter((letter) => normalisePostcode(`LS1 4${letter}A`) !== null);

    expect(last.join("")).toBe("ABDEFGHJLNPQRSTUWXYZ");
    expect(lastButOne).toEqual(last);
  });

  test("of 124 areas", () => {
    const letters = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    const found = letters
      .flatMap((one) => [one, ...letters.map((two) => one + two)])
      .filter((area) => normalisePostcode(`${area}1 1AA`) !== null);

    expect(found).toEqual(areas.split(" ").sort());
  });

  test("is normalised once and for all, and never throws", () => {
    const typed = fc.string({ unit: fc.constantFrom(..."LSwe14ap \u00a0ß") });
    fc.assert(
      fc.property(fc.oneof(typed, fc.string({ unit: "binary" })), (text) => {
        const postcode = normalisePostcode(text);
        if (postcode !== null) expect(normalisePostcode(postcode)).toBe(postcode);
      }),
    );
  });
});

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  capNewlines,
  isSpace,
  joinSpace,
  normaliseLines,
  normaliseSpace,
  stripObscure,
  stripUnsupported,
  tightPunctuation,
  trimLeadingSpace,
  trimSpace,
  unlinkGovuk,
} from "../../../shared/text/whitespace.ts";

const spaced = fc.string({
  unit: fc.constantFrom(..." \t\n\r\v\f\x1c\x85\u00a0\u180e\u2003\u200b\u2028\u202f\u3000\ufeffab,.é"),
});

test.each([
  [" a \t b\u00a0\u202fc ", "a b c"],
  ["a\u200bb\ufeffc\u2060", "abc"],
  ["a\n\nb", "a b"],
  ["a\u3000\u2003b", "a b"],
  ["plain words", "plain words"],
])("normaliseSpace makes %p %p", (text, expected) => {
  expect(normaliseSpace(text)).toBe(expected);
});

test.each([
  [" a \r\n b  c\rd\ve\u2028f", "a\nb c\nd\ne\nf"],
  ["a\n\n\nb", "a\n\n\nb"],
  ["a\x1cb\x85c", "a\nb\nc"],
  ["plain\nlines", "plain\nlines"],
  ["a\n", "a"],
  ["", ""],
])("normaliseLines makes %p %p", (text, expected) => {
  expect(normaliseLines(text)).toBe(expected);
});

test.each([
  ["a\n\n\n\nb\n\nc\nd", "a\n\nb\n\nc\nd"],
  ["a", "a"],
])("capNewlines makes %p %p", (text, expected) => {
  expect(capNewlines(text)).toBe(expected);
});

test.each([
  [" \n07400\u00a0123\u200b456\t", "07400123456"],
  ["a b", "a b"],
])("stripObscure makes %p %p", (text, expected) => {
  expect(stripObscure(text)).toBe(expected);
});

test.each([
  ["ok , then .", "ok, then."],
  ["wait ...", "wait..."],
  ["a \t ,b", "a,b"],
  ["a\n.b", "a\n.b"],
])("tightPunctuation makes %p %p", (text, expected) => {
  expect(tightPunctuation(text)).toBe(expected);
});

test.each([
  ["GOV.UK", "GOV.\u200bUK"],
  [
    "on gov.uk or\n#Gov.uk, *gov.UK ^GOV.UK",
    "on gov.\u200buk or\n#Gov.\u200buk, *gov.\u200bUK ^GOV.\u200bUK",
  ],
  ["(GOV.UK)", "(GOV.UK)"],
  ["www.gov.uk", "www.gov.uk"],
  ["gov.uk/x gov.uk?x gov.uk#x", "gov.uk/x gov.uk?x gov.uk#x"],
  ["##gov.uk", "##gov.uk"],
])("unlinkGovuk makes %p %p", (text, expected) => {
  expect(unlinkGovuk(text)).toBe(expected);
});

test.each([
  ["a  b\u00a0c\n\nd e", "a b c d e"],
  [" a ", " a "],
])("joinSpace makes %p %p", (text, expected) => {
  expect(joinSpace(text)).toBe(expected);
});

test("stripUnsupported takes out what providers refuse", () => {
  expect(stripUnsupported("a\u2028b\u3164c")).toBe("abc");
});

describe("whatever the text", () => {
  test.each([
    ["normaliseSpace", normaliseSpace],
    ["normaliseLines", normaliseLines],
    ["capNewlines", capNewlines],
    ["stripObscure", stripObscure],
    ["tightPunctuation", tightPunctuation],
    ["stripUnsupported", stripUnsupported],
    ["unlinkGovuk", unlinkGovuk],
    ["joinSpace", joinSpace],
    ["trimSpace", trimSpace],
    ["trimLeadingSpace", trimLeadingSpace],
  ])("%s changes nothing the second time", (name, normalise) => {
    fc.assert(
      fc.property(spaced, (text) => {
        const once = normalise(text);
        // A line end that normaliseLines drops may leave another one last.
        if (name === "normaliseLines") expect(normalise(`${once}\n`)).toBe(once);
        else expect(normalise(once)).toBe(once);
      }),
    );
  });

  test("normaliseSpace leaves single inner spaces only", () => {
    fc.assert(
      fc.property(spaced, (text) => {
        const units = Array.from(normaliseSpace(text), (character) => character.charCodeAt(0));
        expect(units.every((unit) => unit === 0x20 || !isSpace(unit))).toBe(true);
      }),
    );
  });
});

import { describe, expect, test } from "bun:test";
import { contentFault, normaliseContent } from "../../../shared/broadcast/content.ts";

const gsm = "must be 1,395 characters or fewer";
const unicode = "must be 615 characters or fewer (because it could not be GSM7 encoded)";

describe("what an alert may say", () => {
  test.each<[what: string, text: string, fault: string | null]>([
    ["1,395 plain characters", "a".repeat(1395), null],
    ["1,396", "a".repeat(1396), gsm],
    ["697 that take two places", "[".repeat(697), null],
    ["698 of them", "[".repeat(698), gsm],
    ["697 euros and a letter", `a${"€".repeat(697)}`, null],
    ["697 euros and two letters", `ab${"€".repeat(697)}`, gsm],
    ["615 Welsh letters", "ŵ".repeat(615), null],
    ["616 Welsh letters", "ŵ".repeat(616), unicode],
    ["one Welsh letter in 615", `ŵ${"a".repeat(614)}`, null],
    ["one Welsh letter in 616", `ŵ${"a".repeat(615)}`, unicode],
    ["brackets beside Welsh letters, which take one place", "ŵ]".repeat(307), null],
    ["1,395 letters with accents that GSM has", "éèäÖ".repeat(348), null],
    ["1,395 letters with accents that no phone has", "č".repeat(1395), null],
    ["1,395 signs beyond two bytes", "😀".repeat(1395), null],
    ["1,396 of them", "😀".repeat(1396), gsm],
    ["465 ellipses, which become three points each", "…".repeat(465), null],
    ["466 of them", "…".repeat(466), gsm],
    ["spaces that are tidied away", `a${" ".repeat(5000)}b`, null],
    ["nothing", "", "must not be empty"],
    ["spaces", " \t\n\u200b", "must not be empty"],
    ["a placeholder", "Leave ((town))", "must not contain ((placeholders))"],
    ["a conditional one", "Leave ((town??now))", "must not contain ((placeholders))"],
    ["brackets that are none", "Leave (now) (( ))(", "must not contain ((placeholders))"],
    ["brackets in brackets", "Leave (now (please))", null],
  ])("%s", (_, text, fault) => {
    expect(contentFault(normaliseContent(text))).toBe(fault);
  });

  test.each<[what: string, text: string, normalised: string]>([
    ["dashes and quotes", "a – b — c “d” ‘e’", "a - b - c \"d\" 'e'"],
    ["tabs, no-break and zero-width spaces", "a\tb\u00a0c\u200bd", "a b cd"],
    ["spaces before commas and full stops", "a , b .", "a, b."],
    ["line ends of every kind", "a\r\nb\rc\n\n\n\nd", "a\nb\nc\n\nd"],
    ["accents that phones lack, and what has none", "č ł 中", "c l ?"],
    ["Welsh letters, which stay", "tŷ ŵyl", "tŷ ŵyl"],
    ["signs of HTML, which stay as they are", "<b>Fire & flood</b>", "<b>Fire & flood</b>"],
  ])("is tidied: %s", (_, text, normalised) => {
    expect(normaliseContent(text)).toBe(normalised);
    expect(normaliseContent(normaliseContent(text))).toBe(normalised);
  });
});

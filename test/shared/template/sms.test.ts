import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { JsonObject } from "../../../shared/json/json.ts";
import { countFragments } from "../../../shared/template/fragments.ts";
import { downgradeToGsm, smsEncoding } from "../../../shared/template/gsm.ts";
import { personalisationOf } from "../../../shared/template/placeholders.ts";
import {
  type RenderedSms,
  renderSms,
  renderSmsBody,
  smsTemplateLength,
} from "../../../shared/template/sms.ts";
import { type CompiledTemplate, compileTemplate } from "../../../shared/template/template.ts";

function sms(content: string): CompiledTemplate {
  return compileTemplate({ type: "sms", content, subject: null, hasUnsubscribeLink: false });
}

function rendered(content: string, values: JsonObject, prefix: string | null): RenderedSms {
  return renderSms(sms(content), personalisationOf(values), { prefix });
}

describe("downgrading characters", () => {
  test.each([
    ["Ç ç ñ ő ş", "Ç c ñ o s"],
    ["½ ™ • « ´ ″ 你 😀", "? ? ? ? ? ? ? ?"],
    ["e\u0301", "e?"],
    ["ṩ", "?"],
    ["ấ", "â"],
    ["\u2011\u2013\u2014\u2212", "----"],
    ["…", "..."],
    ["‘’‚“”„", "'''\"\"\""],
    ["a\u180e\u200b\u200c\u200d\u2060\ufeff\u2028\u2029b", "ab"],
    ["a\u00a0b\u202fc\td", "a b c d"],
    ["Łł", "Ll"],
    ["`", "?"],
    ["\u212b \u2126 \u212a \u037e", "Å Ω K ;"],
    ["\ud834\udd5e", "?"],
    ["가", "?"],
    ["@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà", null],
    ["^{}\\[~]|€", null],
    ["àèìòùẁỳáéíóúẃýäëïöüẅÿâêîôûŵŷÀÈÌÒÙẀỲÁÉÍÓÚẂÝÄËÏÖÜẄŸÂÊÎÔÛŴŶ", null],
  ])("%p is sent as %p", (text, expected) => {
    expect(downgradeToGsm(text)).toBe(expected ?? text);
  });

  test("happens once and for all, and never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const once = downgradeToGsm(text);
        expect(downgradeToGsm(once)).toBe(once);
      }),
    );
  });
});

describe("what a text is charged as", () => {
  test.each([
    [`${"a".repeat(158)}€`, "gsm", 1],
    [`${"a".repeat(159)}€`, "gsm", 2],
    [`ŵ${"a".repeat(69)}`, "unicode", 1],
    [`ŵ${"a".repeat(70)}`, "unicode", 2],
    ["…".repeat(54), "gsm", 2],
    ["😀".repeat(160), "gsm", 1],
    ["a".repeat(307), "gsm", 3],
    ["ấ".repeat(71), "gsm", 1],
    ["é".repeat(160), "gsm", 1],
    [`ŵ${"€".repeat(69)}`, "unicode", 1],
    [`${"a".repeat(152)}€${"a".repeat(152)}`, "gsm", 2],
  ] as const)("%p goes as %s in %p", (text, encoding, fragments) => {
    expect(smsEncoding(text)).toBe(encoding);
    expect(countFragments(downgradeToGsm(text), smsEncoding(text))).toBe(fragments);
    expect(rendered(text, {}, null).fragments).toBe(fragments);
  });

  test("43 Welsh letters make a text unicode", () => {
    const letters = Array.from("ÀÁÂÈÊËÌÍÎÏÒÓÔÙÚÛÝáâêëíîïóôúûýÿŴŵŶŷŸẀẁẂẃẄẅỲỳ");

    expect(letters).toHaveLength(43);
    expect(letters.every((letter) => smsEncoding(letter) === "unicode")).toBe(true);
  });

  test("is never less than the bytes need", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."aé€ŵ^…"), maxLength: 700 }), (text) => {
        const sent = downgradeToGsm(text);
        const encoding = smsEncoding(text);
        const extended = sent.match(/[\^{}\\[~\]|€]/g)?.length ?? 0;
        const bits = encoding === "unicode" ? sent.length * 16 : (sent.length + extended) * 7;
        expect(countFragments(sent, encoding) * 140 * 8).toBeGreaterThanOrEqual(bits);
      }),
    );
  });
});

describe("rendering a text", () => {
  test.each<[string | null, string, JsonObject, string]>([
    ["Dept & Co ", "  Hi ((n)) , bye\n\n\n\nx\ty ", { n: "Jo" }, "Dept & Co: Hi Jo, bye\n\nx y"],
    ["Sŵn", "hi", {}, "Sŵn: hi"],
    [null, "hi", {}, "hi"],
    [null, "a\u2028b", {}, "a\nb"],
    [null, "((list))", { list: ["tea", "milk", "jam"] }, "tea, milk and jam"],
    [null, "((n))", { n: "«1»" }, "?1?"],
    [null, "<b>&amp; ((n))", { n: "<i>" }, "<b>&amp; <i>"],
    [null, "a\r\nb\rc\vd\fe", {}, "a\nb\nc\nd\ne"],
    [null, "a \n b\n \n\n \nc", {}, "a\nb\n\nc"],
    [null, "a\u200bb\u00a0c\u202fd", {}, "ab c d"],
    [null, "a\t\tb   c", {}, "a b c"],
    [null, "wait ... ok , then .\n.x", {}, "wait... ok, then.\n.x"],
    [null, "“it’s” – ‘x’… `y`", {}, "\"it's\" - 'x'... ?y?"],
    [null, "((a??yes)) ((b??no))", { a: "show", b: "hide" }, "yes"],
    [null, "((a))", {}, "((a))"],
    [null, "((a??x))", { a: ["yes"] }, "x"],
    [null, "((list))", { list: [] }, ""],
    [null, "# x\n* y [w](u)", {}, "# x\n* y [w](u)"],
    ["A & <B>", "x", {}, "A & <B>: x"],
    ["“Dept”", "x", {}, '"Dept": x'],
    ["Dept", "", {}, "Dept:"],
    ["Dept", "\n\n\n\nx", {}, "Dept:\n\nx"],
  ])("of %p, %p with %j is sent as %p", (prefix, content, values, expected) => {
    expect(rendered(content, values, prefix).text).toBe(expected);
  });

  test("the API shows the body without the prefix", () => {
    expect(renderSmsBody(sms("  Hi ((n)) , “bye”\n\n\n\nx\ty "), personalisationOf({ n: "Jo" }))).toBe(
      'Hi Jo, "bye"\n\nx y',
    );
  });

  test("a prefix can make a text unicode", () => {
    expect(rendered("a".repeat(66), {}, "Sŵn").fragments).toBe(2);
  });

  test.each([
    ["hello", null, 5],
    ["hello", "Dept", 5],
    ["", "Dept", 0],
    ["…", null, 3],
    ["hello", "Dept ", 4],
  ])("%p of %p counts as %p characters", (content, prefix, expected) => {
    expect(rendered(content, {}, prefix).lengthWithoutPrefix).toBe(expected);
  });

  test("placeholders of a template count as nothing", () => {
    expect(smsTemplateLength("Hi ((name)), ((late??pay)) now")).toBe("Hi, now".length);
  });

  test("never throws, and sends nothing that was not downgraded", () => {
    const text = fc.string({ unit: "binary" });
    fc.assert(
      fc.property(text, text, fc.option(text), (content, value, prefix) => {
        const { text: sent, fragments } = rendered(`${content}((a))`, { a: value }, prefix);
        expect(downgradeToGsm(sent)).toBe(sent);
        expect(fragments).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { JsonFloat, type JsonObject } from "../../../shared/json/json.ts";
import {
  bareNames,
  type FillStyle,
  fill,
  htmlBulletStyle,
  htmlStyle,
  plainBulletStyle,
  plainStyle,
  redacted,
} from "../../../shared/template/fill.ts";
import {
  compileContent,
  missingPlaceholders,
  personalisationOf,
  placeholderKey,
  placeholdersIn,
} from "../../../shared/template/placeholders.ts";
import { compileTemplate } from "../../../shared/template/template.ts";

function filled(content: string, values: JsonObject, style: FillStyle = plainStyle): string {
  return fill(compileContent(content), personalisationOf(values), style);
}

describe("filling placeholders", () => {
  test.each<[string, JsonObject, string]>([
    ["Dear ((full name)),", { Full_Name: "Ada" }, "Dear Ada,"],
    ["(((ref)))", { ref: 7 }, "(7)"],
    ["((a)) ((b))", { a: "((b))", b: 2 }, "((b)) 2"],
    ["((outer ((inner)) end))", { inner: "x", "outer ((inner)) end": "y" }, "((outer x end))"],
    ["((a(b)c)) (()) ((a", { a: 1, "": 2 }, "((a(b)c)) (()) ((a"],
    ["((late??Pay ((sum)) now))", { late: "yes", sum: "£5" }, "((late??Pay £5 now))"],
    ["((late?? now))", { late: "yes" }, " now"],
    ["((a?b))", { "a?b": "x" }, "x"],
    ["((a??b??c))", { a: "yes" }, "b??c"],
    ["((two\nlines))", { "two\nlines": "x" }, "x"],
    ["((First-name)) ((first name)) ((FIRSTNAME))", { first_name: "x" }, "x x x"],
    ["((first.name))", { "first name": "x" }, "((first.name))"],
    ["((a))", { a: "" }, ""],
    ["((a))", { "a ": "first", A: "second" }, "second"],
    ["((a))", { "a ": "first", A: null }, "((a))"],
    ["((a))", { a: 5 }, "5"],
    ["((a))", { a: new JsonFloat(1) }, "1.0"],
    ["((a))", { a: new JsonFloat(1e16) }, "1e+16"],
    ["((a)) ((b))", { a: true, b: false }, "True False"],
    ["((a))", { a: { a: true, b: null } }, "{'a': True, 'b': None}"],
    ["((a))", { a: [[1, "x"]] }, "[1, 'x']"],
    ["((a))", { a: ["tea", "milk", "jam"] }, "tea, milk and jam"],
    ["((a))", { a: ["tea", "milk"] }, "tea and milk"],
    ["((a))", { a: ["tea"] }, "tea"],
    ["((a))", { a: [" tea\u200b ", null, "", "  ", "jam"] }, "tea and jam"],
    ["((a))", { a: [null, ""] }, ""],
    ["((a))", { a: [] }, ""],
  ])("%p with %j gives %p", (content, values, expected) => {
    expect(filled(content, values)).toBe(expected);
  });

  test.each<[JsonObject, string]>([
    [{ a: ["tea", "milk", "jam"] }, "\n\n* tea\n* milk\n* jam"],
    [{ a: ["tea"] }, "\n\n* tea"],
    [{ a: [] }, ""],
  ])("lists in bodies are bullets: %j gives %p", (values, expected) => {
    expect(filled("((a))", values, plainBulletStyle)).toBe(expected);
    expect(filled("((a))", values, htmlBulletStyle)).toBe(expected);
  });

  test.each<[JsonObject[string], boolean]>([
    ["yes", true],
    ["Y", true],
    ["TRUE", true],
    ["t", true],
    ["1", true],
    ["include", true],
    ["Show", true],
    [true, true],
    [1, true],
    ["no", false],
    ["on", false],
    ["2", false],
    [new JsonFloat(1), false],
    [" yes ", false],
    ["", false],
    [false, false],
    [["yes"], true],
    [[], false],
  ])("a condition of %p shows its text: %p", (value, expected) => {
    expect(filled("((a??text))", { a: value ?? null })).toBe(expected ? "text" : "");
  });

  test("a list of one yes shows nothing where lists are bullets", () => {
    expect(filled("((a??text))", { a: ["yes"] }, plainBulletStyle)).toBe("");
  });

  test.each([
    ["((NAME))", htmlStyle, "<span class='placeholder'>&#40;&#40;NAME&#41;&#41;</span>"],
    [
      "((NAME??TEXT))",
      htmlStyle,
      "<span class='placeholder-conditional'>&#40;&#40;NAME??</span>TEXT&#41;&#41;",
    ],
    ["((NAME))", plainStyle, "((NAME))"],
    ["((NAME??TEXT))", plainStyle, "((NAME??TEXT))"],
    ["((NAME))", bareNames(htmlStyle), "<span class='placeholder-no-brackets'>NAME</span>"],
    ["((NAME))", bareNames(plainStyle), "NAME"],
    ["((NAME))", redacted(htmlStyle), "<span class='placeholder-redacted'>hidden</span>"],
    ["((NAME??TEXT))", redacted(plainStyle), "[hidden]"],
  ])("%p without a value is marked", (content, style, expected) => {
    expect(filled(content, {}, style)).toBe(expected);
  });

  test("values are escaped in HTML", () => {
    expect(filled("((a))", { a: "a < b & &copy;" }, htmlStyle)).toBe("a &lt; b &amp; ©");
  });

  test("a value never becomes a placeholder", () => {
    const tricky = fc.string({ unit: fc.constantFrom("(", ")", "a", "b", "?", "((b))", "&lpar;") });
    fc.assert(
      fc.property(tricky, tricky, (a, b) => {
        const values = { a, b };
        expect(filled("((a)) x ((b))", values)).toBe(`${a} x ${b}`);
        expect(filled("(((a)))", values)).toBe(`(${a})`);
      }),
    );
  });

  test("literals and placeholders together are the text", () => {
    const text = fc.string({ unit: fc.constantFrom("(", ")", "((", "))", "a", "?", "??", "\n") });
    fc.assert(
      fc.property(text, (content) => {
        expect(filled(content, {})).toBe(content);
      }),
    );
  });
});

describe("listing placeholders", () => {
  test("keeps the first spelling, in order of appearance", () => {
    expect(placeholdersIn("((b)) ((First-name)) ((first name)) ((c??x)) ((B))")).toEqual([
      "b",
      "First-name",
      "c",
    ]);
  });

  test("names what is missing as the template does, subject first", () => {
    const template = compileTemplate({
      type: "email",
      subject: "((ref number)) ((name))",
      content: "((Name)) ((other)) ((cond??x)) ((nothing)) ((empty))",
      hasUnsubscribeLink: false,
    });
    const values = personalisationOf({ other: 1, nothing: null, empty: "", extra: 1 });

    expect(missingPlaceholders(template, values)).toEqual(["ref number", "name", "cond", "nothing"]);
  });

  test("a text has no subject to look in", () => {
    const template = compileTemplate({
      type: "sms",
      subject: "((a))",
      content: "((b))",
      hasUnsubscribeLink: false,
    });

    expect(missingPlaceholders(template, new Map())).toEqual(["b"]);
  });

  test("a key stays the same key", () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(placeholderKey(placeholderKey(name))).toBe(placeholderKey(name));
      }),
    );
  });
});

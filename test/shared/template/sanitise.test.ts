import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { sanitisePersonalisation, sanitiseText } from "../../../shared/template/sanitise.ts";

describe("sanitising text", () => {
  test.each([
    ["J.Smith at bad.example/x", "J\\. Smith at "],
    ["https://bad.example", ""],
    ["see HTTP://Bad.Example?x=1<b> now", "see \\<b\\> now"],
    ["bad.example#frag end", " end"],
    ["a@b.example", "a@b\\.example"],
    ["münchen.example", ""],
    ["1.5", "1\\.5"],
    ["a.b", "a\\.b"],
    ["`*_(x)\\{y}[z]<w>#+-.!|", "\\`\\*\\_\\(x\\)\\\\\\{y\\}\\[z\\]\\<w\\>\\#\\+\\-\\.\\!\\|"],
    ["plain words", "plain words"],
  ])("%p becomes %p", (text, expected) => {
    expect(sanitiseText(text)).toBe(expected);
  });

  test("leaves nothing that Markdown acts on", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."a.b/-_*[](<>)h:tp@ ") }), (text) => {
        const bare = sanitiseText(text).replace(/\\./g, "");
        expect(bare).not.toMatch(/[`*_(){}[\]<>#+\-.!|]/);
      }),
    );
  });
});

describe("sanitising chosen values", () => {
  test("changes only those named, and reports only those changed", () => {
    const file = { file: "aGk=", filename: "a.csv" };
    const { personalisation, changes } = sanitisePersonalisation(
      { "First Name": "J.Smith", other: "*x*", plain: "x", list: ["a*", "b"], file, none: null, number: 5 },
      ["first_name", "plain", "list", "file", "none", "number", "absent"],
    );

    expect(personalisation).toEqual({
      "First Name": "J\\. Smith",
      other: "*x*",
      plain: "x",
      list: ["a\\*", "b"],
      file,
      none: null,
      number: "5",
    });
    expect(changes).toEqual({
      "First Name": { unsanitised: "J.Smith", sanitised: "J\\. Smith" },
      list: { unsanitised: ["a*", "b"], sanitised: ["a\\*", "b"] },
    });
  });
});

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
    // What a URL is, and what it is not.
    ["http://bad.example", ""],
    ["HTTPS://BAD.EXAMPLE/PATH", ""],
    ["bad.example/a?b=c#d, more", " more"],
    ["bad.example?q=1", ""],
    ["bad.example/<x", "\\<x"],
    ["go to bad.co.uk/x now", "go to  now"],
    ["bad.co.uk", "bad\\. co\\. uk"],
    ["sub-domain.bad.example", "sub\\-domain\\. bad\\. example"],
    ["under_score.example", ""],
    ["a.b.c.example:8080", "a\\. b\\. c\\. example:8080"],
    ["x@bad.example.org", "x@bad\\.example\\.org"],
    ["bad.example@x", "bad\\.example@x"],
    ["bad.e", "bad\\.e"],
    ["192.168.0.1", "192\\.168\\.0\\.1"],
    ["file.txt", "file\\. txt"],
    ["End.Start of", "End\\. Start of"],
    ["End. Start", "End\\. Start"],
    [".example", "\\.example"],
    ["", ""],
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
  test("finds keys as placeholders find them", () => {
    const { personalisation } = sanitisePersonalisation({ First_Name: "*", "first-name ": "+" }, [
      "firstname",
    ]);

    expect(personalisation).toEqual({ First_Name: "\\*", "first-name ": "\\+" });
  });

  test("keeps a key that names the prototype", () => {
    const given = JSON.parse('{"__proto__": "*x*", "a": "b"}');
    const { personalisation, changes } = sanitisePersonalisation(given, ["__proto__"]);

    expect(JSON.stringify(personalisation)).toBe('{"__proto__":"\\\\*x\\\\*","a":"b"}');
    expect(JSON.stringify(changes)).toBe('{"__proto__":{"unsanitised":"*x*","sanitised":"\\\\*x\\\\*"}}');
  });

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

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { decodeLenientBase64 } from "../../shared/lenient-base64.ts";

const decoded = (text: string) => {
  const bytes = decodeLenientBase64(text);
  return bytes && Buffer.from(bytes).toString("latin1");
};

describe("lenient base64", () => {
  // As Python 3.11's `base64.b64decode` answers.
  test.each<[string, string | null]>([
    ["", ""],
    ["YQ==", "a"],
    ["YWI=", "ab"],
    ["YWJj", "abc"],
    ["YWJjZA==", "abcd"],
    ["+/+/", "\xfb\xff\xbf"],
    [" Y W\nJ j\t", "abc"],
    ["Y!W@J#j", "abc"],
    ["-_-_YWJj", "abc"],
    ["YQ==YWJj", "a"],
    ["YQ=", null],
    ["YQ", null],
    ["Y", null],
    ["YWJjZ", null],
    ["YWJjZA", null],
    ["YQ=x=", "a\f"],
    ["YW=I", null],
    ["=", ""],
    ["====", ""],
    ["Y===", null],
    ["Y=Q==", "a"],
    ["YQ= =", "a"],
    ["=YQ==", "a"],
    ["YWI=é", null],
    ["YQé==", null],
    ["…", null],
  ])("reads %j as %j", (text, expected) => {
    expect(decoded(text)).toBe(expected);
  });

  test("reads what was written", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(decoded(Buffer.from(bytes).toString("base64"))).toBe(Buffer.from(bytes).toString("latin1"));
      }),
    );
  });
});

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { describeInstant, describeSize } from "../../../api/documents/describe.ts";
import { attachment } from "../../../api/documents/disposition.ts";

describe("attachment", () => {
  test.each([
    ["a.pdf", `filename="a.pdf"; filename*=UTF-8''a.pdf`],
    ["résumé 1.pdf", `filename="r_sum_ 1.pdf"; filename*=UTF-8''r%C3%A9sum%C3%A9%201.pdf`],
    ['a"b\\c/d.pdf', `filename="a_b_c_d.pdf"; filename*=UTF-8''a_b_c_d.pdf`],
    ["50% (it's!).pdf", `filename="50_ (it's!).pdf"; filename*=UTF-8''50%25%20%28it%27s%21%29.pdf`],
    [
      "a\r\nSet-Cookie: x=y.pdf",
      `filename="aSet-Cookie_ x=y.pdf"; filename*=UTF-8''aSet-Cookie_%20x%3Dy.pdf`,
    ],
    ["\u202efdp.exe.pdf", `filename="fdp.exe.pdf"; filename*=UTF-8''fdp.exe.pdf`],
    ["../../etc/passwd.txt", `filename=".._.._etc_passwd.txt"; filename*=UTF-8''.._.._etc_passwd.txt`],
    ["\ud800.pdf", `filename="_.pdf"; filename*=UTF-8''%EF%BF%BD.pdf`],
    ["🦉.pdf", `filename="__.pdf"; filename*=UTF-8''%F0%9F%A6%89.pdf`],
  ])("of %j", (filename, parameters) => {
    expect(attachment(filename)).toBe(`attachment; ${parameters}`);
  });

  test("is a header's value whatever the name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (filename) => {
        const value = attachment(filename);
        expect(value).toMatch(/^attachment; filename="[^"\\\r\n]*"; filename\*=UTF-8''[\w.%~-]*$/);
        expect(new Headers({ "Content-Disposition": value }).get("Content-Disposition")).toBe(value);
      }),
    );
  });
});

test.each([
  [1, "1 byte"],
  [1023, "1023 bytes"],
  [1024, "1 KB"],
  [1_048_063, "1023 KB"],
  [1_048_064, "1.0 MB"],
  [2_098_176, "2.0 MB"],
])("%d bytes are %s", (bytes, words) => {
  expect(describeSize(bytes)).toBe(words);
});

test.each([
  ["2026-01-01T00:00:00Z", "1 January 2026, 00:00"],
  ["2026-07-05T23:01:59Z", "6 July 2026, 00:01"],
])("%s is %s in Britain", (at, words) => {
  expect(describeInstant(new Date(at))).toBe(words);
});

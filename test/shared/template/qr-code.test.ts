import { describe, expect, test } from "bun:test";
import type { JsonObject } from "../../../shared/json/json.ts";
import { compileContent, personalisationOf } from "../../../shared/template/placeholders.ts";
import { oversizedQrCode } from "../../../shared/template/qr-code.ts";

function oversized(content: string, values: JsonObject = {}) {
  return oversizedQrCode({ compiledContent: compileContent(content) }, personalisationOf(values));
}

describe("a QR code too long to print", () => {
  test("is one over 504 bytes of UTF-8", () => {
    expect(oversized("qr:((u))", { u: "é".repeat(252) })).toBeNull();
    expect(oversized("qr:((u))", { u: `${"é".repeat(252)}x` })).toEqual({
      data: `${"é".repeat(252)}x`,
      numBytes: 505,
    });
  });

  test("counts characters, not how they are escaped", () => {
    const data = `${"<&>".repeat(168)}`;

    expect(oversized("qr: ((u))", { u: data })).toBeNull();
    expect(oversized("qr: ((u))", { u: `${data}&` })).toEqual({ data: `${data}&`, numBytes: 505 });
  });

  test("counts placeholders as typed where there are no values", () => {
    expect(oversized(`qr: ${"x".repeat(495)}((u))`)?.numBytes).toBeUndefined();
    expect(oversized(`qr: ${"x".repeat(500)}((u))`)).toEqual({
      data: `${"x".repeat(500)}((u))`,
      numBytes: 505,
    });
  });

  test.each([
    ["a paragraph between others", (data: string) => `Hello\n\nQR : ${data}\n\nBye`],
    ["an inset", (data: string) => `^ qr: ${data}`],
    ["a loose list", (data: string) => `* qr: ${data}\n\n* b`],
    ["a footnote", (data: string) => `a[^n]\n\n[^n]: qr: ${data}`],
    ["the line after its mark", (data: string) => `text\n\nqr:\n${data}`],
  ])("is found in %s", (_, content) => {
    expect(oversized(content("x".repeat(600)))?.numBytes).toBe(600);
  });

  test("is the first of several", () => {
    expect(oversized(`qr: a\n\nqr: ${"b".repeat(505)}\n\nqr: ${"c".repeat(600)}`)?.numBytes).toBe(505);
  });

  test.each([
    ["words that mention one", `see qr: ${"x".repeat(600)}`],
    ["no code", "x".repeat(600)],
    ["a footnote nobody refers to", `a\n\n[^n]: qr: ${"x".repeat(600)}`],
  ])("is none in %s", (_, content) => {
    expect(oversized(content)).toBeNull();
  });
});

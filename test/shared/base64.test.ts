import { describe, expect, test } from "bun:test";
import { fromBase64, toBase64 } from "../../shared/base64.ts";

describe("base64", () => {
  test.each([0, 1, 2, 3, 8191, 8192, 8193, 1_000_000])("carries %i bytes there and back", (length) => {
    const bytes = Uint8Array.from({ length }, (_, at) => (at * 31) % 256);

    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
    expect(fromBase64(toBase64(bytes))).toEqual(bytes);
  });

  test.each(["a", "ab*d", "é===", "====", "ab-_"])("refuses %p", (text) => {
    expect(() => fromBase64(text)).toThrow();
  });
});

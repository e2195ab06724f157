import fc from "fast-check";

/** Bytes and texts of all kinds. */
export const noise = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.constantFrom("", "null", "[]", "{}", "\0", "\ud800", "[".repeat(50_000), `{"CID":${"9".repeat(1000)}}`),
);
export const nested = fc
  .integer({ min: 1, max: 5000 })
  .map((depth) => `{"status":`.repeat(depth) + "3".padEnd(depth, "}"));
export const anything = fc.oneof(
  fc.anything({ withNullPrototype: true, withUnicodeString: true, maxDepth: 3 }),
  fc.constantFrom(
    "99999-12-31T00:00:00Z",
    "-271821-04-20 00:00:00",
    1e300,
    -0,
    "\0\ud800",
    "x".repeat(10_000),
  ),
);

export function cut(whole: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(whole, fc.double({ min: 0, max: 0.99, noNaN: true }))
    .map(([text, part]) => text.slice(0, Math.floor(text.length * part)));
}

export function toJson(value: unknown): string {
  const text = JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? `${part}` : part));
  return text ?? "undefined";
}

export function toForm(pairs: readonly (readonly [string, string])[]): string {
  return new URLSearchParams(pairs.map(([name, value]) => [name, value])).toString();
}

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { asciiEmail, parseEmailAddress } from "../../../shared/recipient/email-address.ts";

describe("reading an email address", () => {
  test.each([
    " Ann.B@Example.GOV.UK ",
    ".ann@x.org",
    "ann.@x.org",
    "o'neil@x.org",
    "a!b{c}@x.org",
    "ann@münchen.example",
    "ann@ex--ample.org",
    "a@x.xn--p1ai",
    "ann@xn--mnchen-3ya.example",
    `${"a".repeat(308)}@example.org`,
  ])("takes %p", (raw) => {
    expect(parseEmailAddress(raw)).not.toBeNull();
  });

  test.each([
    `${"a".repeat(309)}@example.org`,
    "o’neil@x.org",
    "änn@x.org",
    'a"b@x.org',
    "a,b@x.org",
    "a(b)@x.org",
    "ann@x",
    "ann@x.c",
    "ann@1.2.3.4",
    "ann@x.org.",
    "ann@ex---ample.org",
    "ann@-x.org",
    "ann@a_b.org",
    "an..n@x.org",
    "ann@x..org",
    "ann@.x.org",
    "Ann <ann@x.org>",
    "a@x.org,b@x.org",
    "ann@b@x.org",
    "@x.org",
    "",
    `ann@${"a".repeat(64)}.org`,
    `ann@${"ü".repeat(64)}.org`,
    `ann@${`${"a".repeat(49)}.`.repeat(5)}example.org`,
  ])("refuses %p", (raw) => {
    expect(parseEmailAddress(raw)).toBeNull();
  });

  test("keeps the case of what was typed, and lowers what is compared", () => {
    expect(parseEmailAddress(" Ann.B@\u200bExample\u00a0.GOV.UK ")).toEqual({
      to: "Ann.B@Example.GOV.UK",
      normalised: "ann.b@example.gov.uk",
    });
  });

  test("keeps a Unicode host", () => {
    expect(parseEmailAddress("Ann@MÜNCHEN.example")?.normalised).toBe("ann@münchen.example");
  });

  test("normalises once and for all, and never throws", () => {
    const typed = fc.string({ unit: fc.constantFrom(..."aB.-@x'ü \u200bß_") });
    const address = fc.emailAddress().map((text) => ` ${text}`);
    fc.assert(
      fc.property(fc.oneof(typed, address, fc.string({ unit: "binary" })), (raw) => {
        const parsed = parseEmailAddress(raw);
        if (parsed === null) return;
        expect(parseEmailAddress(parsed.normalised)?.normalised).toBe(parsed.normalised);
        expect(asciiEmail(parsed.to)).toMatch(/^[\0-\x7f]+$/);
      }),
    );
  });
});

test.each([
  ["Ann@münchen.example", "Ann@xn--mnchen-3ya.example"],
  ["ann@例え.テスト", "ann@xn--r8jz45g.xn--zckzah"],
  ["Ann@Example.org", "Ann@Example.org"],
])("%p is sent to %p", (address, expected) => {
  expect(asciiEmail(address)).toBe(expected);
});

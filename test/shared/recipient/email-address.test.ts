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
    `  ${"a".repeat(308)}@example.org\u200b `,
    "a@x.org",
    "1@2.org",
    "-@x.org",
    ".@x.org",
    "!#$%&'*+/=?^_`{|}~-.@x.org",
    "ann@EXAMPLE.ORG",
    "ann@1.2.3.org",
    "ann@a-b-c.d--e.org",
    "ann@xn--80akhbyknj4f.xn--p1ai",
    "ann@xn--x.xn--a-b",
    "ann@例え.テスト",
    "ann@example。org",
    "ann@straße.example",
    "ann@пример.рф",
    `ann@${"a".repeat(63)}.org`,
    `ann@x.${"a".repeat(63)}`,
    "ann@x.museum",
    "ann@x.co",
    // A host of 253 characters.
    `a@${`${"a".repeat(49)}.`.repeat(4)}${"a".repeat(49)}.org`,
    "\tann@x.org\n",
    "an\u200bn@x\u00a0.org",
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
    // 64 letters once it is in ASCII.
    `ann@${"ü".repeat(58)}.org`,
    `ann@${"ü.".repeat(40)}org`,
    "ann@ü.1",
    "ann@１.２.３.４",
    "ann@ü.１２",
    "ann@ü%41.org",
    "ann@ü％41.org",
    "ann@ü／b.org",
    "ann@ü/b.org",
    "ann@ü:80.org",
    "ann@ü#b.org",
    "ann@ü\\b.org",
    "ann@ü_b.org",
    "ann@-ü.org",
    "ann@ü-.org",
    "ann@ü。。org",
    "ann@℀.org",
    "ann@xn--ü.org",
    "ann@אa.org",
    "ann@ü.o",
    "ann@\ud800ü.org",
    `ann@${`${"a".repeat(49)}.`.repeat(5)}example.org`,
    `a@${`${"a".repeat(49)}.`.repeat(4)}${"a".repeat(50)}.org`,
    `ann@x.${"a".repeat(64)}`,
    // Short in letters, long in ASCII.
    `ann@${"ü".repeat(60)}.org`,
    `a@${"münchen.".repeat(20)}org`,
    "ann",
    "ann@",
    "@",
    "ann@.",
    "ann@x.",
    "ann@x.1",
    "ann@x.a1",
    "ann@x.o-g",
    "ann@x.xn--",
    "ann@x.xn---a",
    "ann@x-.org",
    "ann@x.-y.org",
    "ann@x.org-",
    "ann@x--.org",
    "ann@--x.org",
    "ann@x..",
    "ann @x.org",
    "ann@ x.org",
    "ann@x .org",
    "ann@x\n.org",
    "ann@x.org\u0000",
    "ann@x.org/path",
    "ann@x.org:25",
    "ann@[127.0.0.1]",
    "ann@localhost",
    "mailto:ann@x.org",
    "<ann@x.org>",
    '"ann"@x.org',
    "ann\\@x.org",
    "ann@x,org",
    "ann@x.org;b@x.org",
    "ａｎｎ@x.org",
    "ann＠x.org",
    "аnn@x.org",
    "ann@😀.%",
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
  // As IDNA 2003 folds them.
  ["ann@straße.example", "ann@strasse.example"],
  ["ann@STRAẞE.example", "ann@strasse.example"],
  ["ann@βόλος.example", "ann@xn--nxasmq6b.example"],
  ["ann@क्‍ष.example", "ann@xn--11b2ezc.example"],
  ["ann@ａｂｃ.example", "ann@abc.example"],
  ["ann@１２.ü.example", "ann@12.xn--tda.example"],
  ["ann@ü。example", "ann@xn--tda.example"],
  ["ann@ü.xn--a.example", "ann@xn--tda.xn--a.example"],
  ["ann@♥.example", "ann@xn--g6h.example"],
  ["ann@ab.рф", "ann@ab.xn--p1ai"],
  [`ann@${"ü".repeat(57)}.org`, `ann@xn--td${"a".repeat(57)}.org`],
])("%p is sent to %p", (address, expected) => {
  expect(parseEmailAddress(address)).not.toBeNull();
  expect(asciiEmail(address)).toBe(expected);
});

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { decodeEntities, escapeHtml } from "../../../shared/text/html.ts";
import { curlQuotes } from "../../../shared/text/smart-quotes.ts";
import { enDashes, niceTypography, straightenAddresses } from "../../../shared/text/typography.ts";
import { tightPunctuation } from "../../../shared/text/whitespace.ts";

test.each([
  [`"It's" the dogs' '90s`, "“It’s” the dogs’ ‘90s"],
  [`rock 'n' roll, 6'2`, "rock ‘n’ roll, 6‘2"],
  [`("see") £"x"`, "(“see”) £”x”"],
  [`say <a href="x">"y"</a> "z"`, `say <a href="x">"y"</a> “z”`],
  ["a - b, a --- b, a ---- b, a—b, 10-20", "a – b, a – b, a ---- b, a—b, 10-20"],
  ["a - - b", "a – - b"],
  ["line\n\n- next", "line – next"],
  ["sam.o’neil@x.example - it's", "sam.o'neil@x.example – it’s"],
])("%p is set as %p", (text, expected) => {
  expect(niceTypography(text)).toBe(expected);
});

test.each([
  [`He said, "'Quoted' words"`, "He said, “‘Quoted’ words”"],
  [`'"Both" of them'`, "‘“Both” of them’"],
  ["the1'80s", "the1’80s"],
  ["&nbsp;'x --'y &#8212;'z", "&nbsp;‘x --‘y &#8212;‘z"],
  [`<b>"</b>a<b>"</b>`, "<b>“</b>a<b>”</b>"],
  [`<b>'</b>a<b>'</b>`, "<b>‘</b>a<b>’</b>"],
  [`<pre>"x"</pre> <code>it's</code> "x"`, `<pre>"x"</pre> <code>it's</code> “x”`],
  [`it\\'s \\"x\\" \\. \\- \\\` \\\\ "y"`, "it&#39;s &#34;x&#34; &#46; &#45; &#96; &#92; “y”"],
  [`a < "b"`, "a < “b”"],
  [`&lt;b&gt;"x"&lt;/b&gt;`, "&lt;b&gt;”x”&lt;/b&gt;"],
  ["é'à l'été", "é’à l’été"],
  [`"a" "b" 'c' 'd'`, "“a” “b” ‘c’ ‘d’"],
  // What smartypants 2.0.2 itself makes of these.
  ["the '90s and 1990's", "the ‘90s and 1990’s"],
  ["it's Jones' book", "it’s Jones’ book"],
  ["'twas", "‘twas"],
  ["don't 'quote' me", "don’t ‘quote’ me"],
  ["6'2\" tall", "6‘2” tall"],
  ['"a", "b".', "“a”, “b”."],
  ["(\"a\") ['b'] {'c'}", "(“a”) [‘b’] {‘c’}"],
  ["a-'b' a-\"b\"", "a-‘b’ a-“b”"],
  ['"a"-b', "“a”-b"],
  ["\"1\" '1'", "“1” ‘1’"],
  ["'s", "‘s"],
  ["a's b's", "a’s b’s"],
  ["rock'n'roll", "rock’n’roll"],
  ["''", "‘’"],
  ["a''b", "a’‘b"],
  ['a""b', "a”“b"],
  ["\"'a'\"", "“‘a’”"],
  ["'\"a\"'", "‘“a”’"],
  ['é"x" "é"', "é”x” “é”"],
  ["\u00a0'a'", "\u00a0‘a’"],
  ["名'名", "名’名"],
  ["a' b", "a’ b"],
  ['a" b', "a” b"],
  ['a\nb\' "c\nd"', "a\nb’ “c\nd”"],
  ["<b>'a'</b>'s", "<b>‘a’</b>‘s"],
  ['<i>a</i>"', "<i>a</i>”"],
  ['</p><p>"a', "</p><p>“a"],
  ['x <b>"y"</b> z', "x <b>“y”</b> z"],
  ["<code>'a'</code> 'b'", "<code>'a'</code> ‘b’"],
  ["&amp;'s", "&amp;’s"],
  ["£'5", "£‘5"],
  ["…'x", "…’x"],
  ['5"', "5”"],
  ["'", "‘"],
])("quotes of %p are curled to %p", (text, expected) => {
  expect(curlQuotes(text)).toBe(expected);
});

test("lone quotes are curled as quotes in company are", () => {
  // A backslash sends a whole run through every rule of smartypants in turn; &#92; is all it leaves.
  const unit = fc.constantFrom(..."ab s1é\t(-&\u00a0.;", "'", '"', "&nbsp;", "--", "80s", "s ", "word ");
  fc.assert(
    fc.property(fc.string({ unit }), (text) => {
      const thorough = curlQuotes(`${text}   \\\\`);
      expect(`${curlQuotes(`${text}   `)}&#92;`).toBe(thorough);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ["o’neil@x.org, d’arcy@x.org", "o'neil@x.org, d’arcy@x.org"],
  ["o’neil@x.org  d’arcy@x.org", "o'neil@x.org  d'arcy@x.org"],
  ["o’neil@x.org\nd’arcy@x.org", "o'neil@x.org\nd'arcy@x.org"],
  ["@o’neil it’s@ o’@x", "@o’neil it’s@ o'@x"],
  ["it’s", "it’s"],
])("addresses in %p become %p", (text, expected) => {
  expect(straightenAddresses(text)).toBe(expected);
});

test("addresses are found as Notify's pattern finds them", () => {
  const pattern = /(?:(?<=^|\n)|\s)\S+@\S+(?:\s|$|(?=\n))/g;
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."a’@ \n") }), (text) => {
      const expected = text.replace(pattern, (token) => token.replace(/[‘’]/g, "'"));
      expect(straightenAddresses(text)).toBe(expected);
    }),
    { numRuns: 2000 },
  );
});

test("dashes keep one space on each side", () => {
  expect(enDashes("a  —\nb ––– c")).toBe("a – b – c");
});

test.each([
  ["a < b & c", "a &lt; b &amp; c"],
  ["&copy; &pound5 &nbsp; x&amp;y", "© &amp;pound5 &nbsp; x&amp;y"],
  ["&lt;b&gt;", "&lt;b&gt;"],
  [`"it's"`, `"it's"`],
  ["&lpar;x&rpar; &#40; &#x29;", "(x) ( )"],
  ["&copyright; &unknown;", "©right; &amp;unknown;"],
])("%p is escaped as %p", (text, expected) => {
  expect(escapeHtml(text)).toBe(expected);
});

describe("done twice, nothing changes by", () => {
  const unit = fc.constantFrom(
    ...[
      "a",
      "s",
      "1",
      "'",
      '"',
      "-",
      "–",
      "—",
      " ",
      "\n",
      ",",
      ".",
      "(",
      "@",
      "80s",
      "&",
      "<",
      ">",
      ";",
      "lt;",
    ],
    ...["<b>", "<a x>", "</a>", "&amp;", "&lt;", "&nbsp;", "&#38;", "&copy;"],
  );

  // All four together are not: a dash between line ends gets a space, before what may be a comma.
  test.each([
    ["tightPunctuation", tightPunctuation],
    ["curlQuotes", curlQuotes],
    ["straightenAddresses", straightenAddresses],
    ["enDashes", enDashes],
    ["escapeHtml", escapeHtml],
  ])("%s", (_, change) => {
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 30 }), (text) => {
        const once = change(text);
        expect(change(once)).toBe(once);
      }),
      { numRuns: 1000, seed: 1 },
    );
  });
});

test("what is escaped holds no tag", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("&", "<", ">", ";", "a", "amp;", "lt;", "#60;", "#x3c;") }),
      (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>]/);
      },
    ),
  );
});

test("decoding knows old entities without a semicolon", () => {
  expect(decodeEntities("&pound5 &lt;b&gt; &amp;amp;")).toBe("£5 <b> &amp;");
});

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { JsonObject } from "../../../shared/json/json.ts";
import { renderEmail, renderEmailForApi, renderEmailFragment } from "../../../shared/template/email.ts";
import { personalisationOf } from "../../../shared/template/placeholders.ts";
import { type CompiledTemplate, compileTemplate } from "../../../shared/template/template.ts";

const equals = "=".repeat(65);
const dashes = "-".repeat(65);
const ruleText = `${"=-".repeat(32)}=`;

function email(content: string, subject = "Subject", hasUnsubscribeLink = false): CompiledTemplate {
  return compileTemplate({ type: "email", content, subject, hasUnsubscribeLink });
}

/** The body's HTML with styles taken out and the list's table left away. */
function html(content: string, values: JsonObject = {}): string {
  return renderEmailFragment(email(content), personalisationOf(values))
    .replace(/ style="[^"]*"/g, "")
    .replaceAll(/<table role="presentation"><tr><td>|<\/td><\/tr><\/table>/g, "");
}

function text(content: string, values: JsonObject = {}): string {
  return renderEmail(email(content), personalisationOf(values), { unsubscribeUrl: null }).text.trimEnd();
}

function preheader(content: string): string {
  const document = renderEmail(email(content), new Map(), { unsubscribeUrl: null }).html;
  return /<span[^>]*>(.*?)…<\/span>/.exec(document)?.[1] ?? "";
}

describe("the body", () => {
  test.each([
    ["[go](x.example/a b)", '<p><a href="http://x.example/a%20b">go</a></p>', "go: x.example/a b"],
    ["[b](mailto:x@y.example)", '<p><a href="mailto:x%40y.example">b</a></p>', "b: mailto:x@y.example"],
    ["[a](javascript:f(1))", '<p><a href="http://javascript:f%281">a</a>)</p>', "a: javascript:f(1)"],
    [
      "https://x.example/p_(y).",
      '<p><a href="https://x.example/p_%28y">https://x.example/p_(y</a>).</p>',
      "https://x.example/p_(y).",
    ],
    ["**Note** x", "<ul><li><ul><li>Note** x</li></ul></li></ul>", "• • Note** x"],
    ["-5 degrees", "<ul><li>5 degrees</li></ul>", "• 5 degrees"],
    ["1.5 litres", "<ol><li>5 litres</li></ol>", "1. 5 litres"],
    ["Hello\n-\nx", "<h3>Hello</h3><p>x</p>", `Hello\n${dashes}\n\nx`],
    ["* a\n---", "<h3>* a</h3>", `* a\n${dashes}`],
    [
      "Intro:\n* a\n* b\nAfter",
      "<p>Intro:</p><ul><li>a</li><li>b<br>After</li></ul>",
      "Intro:\n\n• a\n• b\nAfter",
    ],
    ["^ a\nb\n\nc", "<div><blockquote><p>a<br>b</p></blockquote></div><p>c</p>", "a\nb\n\nc"],
    ["Hi\n\n\tx", "<p>Hi</p>x", "Hix"],
    ['<b>"x"</b> &copy;', "<p>&lt;b&gt;”x”&lt;/b&gt; ©</p>", "<b>“x”</b> ©"],
    // Headings.
    [
      "# H\n##H2 ##\n### H3\ntext",
      "<h2>H</h2><h3>H2</h3><p>H3</p><p>text</p>",
      `H\n${equals}\n\n\nH2\n${dashes}\n\nH3\n\ntext`,
    ],
    ["   #x", "<h2>x</h2>", `x\n${equals}`],
    ["Hello\n=", "<h2>Hello</h2>", `Hello\n${equals}`],
    ["Hello\n=-=", "<h2>Hello</h2>", `Hello\n${equals}`],
    ["##", "<h2>#</h2>", `#\n${equals}`],
    ["#", "<p>#</p>", "#"],
    // Rules.
    ["a\n\n---\n\nb", "<p>a</p><hr><p>b</p>", `a\n\n${ruleText}\n\nb`],
    ["a\n***\nb", "<p>a</p><hr><p>b</p>", `a\n\n${ruleText}\n\nb`],
    ["* _ -", "<hr>", ruleText],
    // Lists.
    ["• a\n- b\n* c", "<ul><li>a</li><li>b</li><li>c</li></ul>", "• a\n• b\n• c"],
    ["3. a\n7. b\n* c", "<ol><li>a</li><li>b</li><li>c</li></ol>", "1. a\n2. b\n3. c"],
    ["* a\n\n* b", "<ul><li><p> a</p></li><li><p> b</p></li></ul>", "• a\n• b"],
    ["* a\n\nend", "<ul><li>a</li></ul><p>end</p>", "• a\n\nend"],
    ["* a\n\n\n* b", "<ul><li>a</li></ul><ul><li>b</li></ul>", "• a\n\n• b"],
    ["* a\n---\nb", "<h3>* a</h3><p>b</p>", `* a\n${dashes}\n\nb`],
    ["* a\n* b\n***\nc", "<ul><li>a</li><li>b</li></ul><hr><p>c</p>", `• a\n• b\n\n${ruleText}\n\nc`],
    ["* a\n  * b\n    * c", "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li></ul>", "• a\n\n• b\n\n• c"],
    ["a\n1. b", "<p>a</p><ol><li>b</li></ol>", "a\n\n1. b"],
    ["a\n• b\n^ c\n*d\n1.e", "<p>a<br>• b<br>^ c<br>*d<br>1.e</p>", "a\n• b\n^ c\n*d\n1.e"],
    ["a\n+ b", "<p>a</p><p>+ b</p>", "a\n\n+ b"],
    ["a\n> b", "<p>a<br>&gt; b</p>", "a\n\n> b"],
    // Insets.
    ["^ a\n\n^ b\n\nc", "<div><blockquote><p>a</p><p>b</p></blockquote></div><p>c</p>", "a\n\nb\n\nc"],
    // Shown bare.
    ["```\ncode\n```\nafter", "code<p>after</p>", "code\n\nafter"],
    ["~~~js\n# code\n~~~", "# code", "# code"],
    ["```\nopen", "<p>```<br>open</p>", "```\nopen"],
    ["Hi\n\n    x", "<p>Hi</p>x", "Hix"],
    ["((list))", "<br><ul><li>tea</li><li>jam</li></ul>", "• tea\n• jam"],
    // Not shown.
    ["| a | b |\n|---|---|\n| c | d |\nx", "<p>x</p>", "x"],
    ["a | b\n--|--\nc | d\n\nx", "<p>x</p>", "x"],
    ["![picture](x.png) y", "<p> y</p>", "y"],
    // Links.
    ['[w](u "t")', '<p><a href="http://u" title="t">w</a></p>', "w (t): u"],
    ["[w](  HTTPS://u  )", '<p><a href="HTTPS://u">w</a></p>', "w: HTTPS://u"],
    ["[w](tel:1)", '<p><a href="tel:1">w</a></p>', "w: tel:1"],
    [
      '[x][k] and [k] not [z]\n\n[k]: http://e.example "T"',
      '<p><a href="http://e.example" title="T">x</a> and <a href="http://e.example" title="T">k</a> not [z]</p>',
      "x (T): http://e.example and k (T): http://e.example not [z]",
    ],
    ["[a [b] c](d)", '<p><a href="http://d">a [b] c</a></p>', "a [b] c: d"],
    ["[https://a.example](b)", '<p><a href="http://b">https://a.example</a></p>', "https://a.example: b"],
    ["[a]b](c)", '<p><a href="http://c">a]b</a></p>', "a]b: c"],
    ["[a] (b)", "<p>[a] (b)</p>", "[a] (b)"],
    [
      "https://x.example/?a=1&b=é;",
      '<p><a href="https://x.example/?a=1&amp;b=%C3%A9;">https://x.example/?a=1&amp;b=é;</a></p>',
      "https://x.example/?a=1&b=é;",
    ],
    ["http://a", "<p>http://a</p>", "http://a"],
    [
      "www.x.example a@x.example HTTP://x.example",
      "<p>www.x.example a@x.example HTTP://x.example</p>",
      "www.x.example a@x.example HTTP://x.example",
    ],
    // Footnotes.
    ["a[^1] b[^1] c[^2]\n\n[^1]: note", "<p>a b[^1] c[^2]</p><p>note</p>", "a b[^1] c[^2]\n\nnote"],
    ["a\n\n[^1]: unused", "<p>a</p>", "a"],
    // Within a line.
    ["x **b** _i_ `c` ~~s~~", "<p>x **b** _i_ `c` ~~s~~</p>", "x **b** _i_ `c` ~~s~~"],
    ["x \\*y\\* \\[z\\] \\# \\q", "<p>x *y* [z] # \\q</p>", "x *y* [z] # \\q"],
    ["\\<b", "<p>\\&lt;b</p>", "\\<b"],
    ["a   \n  b", "<p>a<br>  b</p>", "a\n  b"],
    ["a\r\nb\rc", "<p>a<br>b<br>c</p>", "a\nb\nc"],
    ["a\n \n \nb", "<p>a</p><p>b</p>", "a\n\nb"],
    ["a\u2028b\u3164c", "<p>abc</p>", "abc"],
    ["GOV.UK", "<p>GOV.\u200bUK</p>", "GOV.\u200bUK"],
    // Typography goes over what came of the Markdown.
    [`"a" - it's , ok`, "<p>“a” – it’s, ok</p>", "“a” – it’s, ok"],
    [`[it's](x) it's`, `<p><a href="http://x">it's</a> it’s</p>`, "it’s: x it’s"],
    ["a & b &amp; c &nbsp;d < e", "<p>a &amp; b &amp; c &nbsp;d &lt; e</p>", "a & b & c \u00a0d < e"],
  ])("%j", (content, expectedHtml, expectedText) => {
    const values = { list: ["tea", null, "jam"] };
    expect(html(content, values)).toBe(expectedHtml);
    expect(text(content, values)).toBe(expectedText);
  });

  test("values can make Markdown, but never HTML", () => {
    expect(html("((a))", { a: "# x\n- y" })).toBe("<h2>x</h2><ul><li>y</li></ul>");
    expect(html("((a))", { a: "<script>x</script>" })).toBe("<p>&lt;script&gt;x&lt;/script&gt;</p>");
    expect(html("((a))", { a: '[x](y "a" onclick="b")' })).not.toContain(' onclick="');
  });

  test("a conditional with typed brackets works in the text part alone", () => {
    const content = "x ((late??&lpar;today&rpar;))";

    expect(text(content, { late: "yes" })).toBe("x (today)");
    expect(html(content, { late: "yes" })).toBe("<p>x ((late??(today)))</p>");
  });

  test("lists nest six deep", () => {
    const nested = Array.from({ length: 8 }, (_, depth) => `${" ".repeat(depth)}* x${depth}`).join("\n");

    expect(html(nested).match(/<ul>/g)).toHaveLength(7);
  });

  test("has Notify's styles", () => {
    const fragment = renderEmailFragment(
      email("# a\n\n## b\n\nc\n\n* d\n\n1. e\n\n^ f\n\n---\n\nhttp://g.example"),
      new Map(),
    );

    const line = "font-size: 19px; line-height: 25px; color: #0B0C0C;";
    expect(fragment).toBe(
      '<h2 style="Margin: 0 0 15px 0; padding: 10px 0 0 0; font-size: 27px; line-height: 35px; font-weight: bold; color: #0B0C0C;">a</h2>' +
        '<h3 style="Margin: 0 0 15px 0; padding: 10px 0 0 0; font-size: 19px; line-height: 25px; font-weight: bold; color: #0B0C0C;">b</h3>' +
        `<p style="Margin: 0 0 20px 0; ${line}">c</p>` +
        '<table role="presentation" style="padding: 0 0 20px 0;"><tr><td style="font-family: Helvetica, Arial, sans-serif;">' +
        '<ul style="Margin: 0 0 0 20px; padding: 0; list-style-type: disc;">' +
        `<li style="Margin: 5px 0 5px; padding: 0 0 0 5px; ${line}"><p style="Margin: 0 0 20px 0; ${line}"> d</p></li>` +
        `<li style="Margin: 5px 0 5px; padding: 0 0 0 5px; ${line}"><p style="Margin: 0 0 20px 0; ${line}"> e</p></li></ul></td></tr></table>` +
        '<div style="Margin: 0 0 20px 0;"><blockquote style="Margin: 0; border-left: 10px solid #B1B4B6; padding: 15px 0 0.1px 15px; font-size: 19px; line-height: 25px;">' +
        `<p style="Margin: 0 0 20px 0; ${line}">f</p></blockquote></div>` +
        '<hr style="border: 0; height: 1px; background: #B1B4B6; Margin: 30px 0 30px 0;">' +
        `<p style="Margin: 0 0 20px 0; ${line}"><a style="word-wrap: break-word; color: #1D70B8;" href="http://g.example">http://g.example</a></p>`,
    );
  });
});

describe("the subject", () => {
  test("is set in typography, on one line", () => {
    const template = email("x", '((n)) - your "claim"  , ok\nx');
    const values = personalisationOf({ n: "A & B" });

    expect(renderEmailForApi(template, values).subject).toBe("A & B – your “claim”, ok x");
    expect(renderEmail(template, values, { unsubscribeUrl: null }).html).toContain(
      "<title>A &amp; B – your “claim”, ok x</title>",
    );
  });

  test("keeps entities as typed", () => {
    expect(renderEmailForApi(email("x", "&copy; &lt;"), new Map()).subject).toBe("&copy; &lt;");
  });

  test("writes lists as sentences", () => {
    const values = personalisationOf({ list: ["tea", "milk", "jam"] });

    expect(renderEmailForApi(email("x", "((list))"), values).subject).toBe("tea, milk and jam");
  });
});

describe("placeholders in odd places", () => {
  test.each<[string, JsonObject, string, string]>([
    ["# ((a))", { a: "Hi" }, "<h2>Hi</h2>", `Hi\n${equals}`],
    ["# ((a??Hi)) you", { a: "yes" }, "<h2>Hi you</h2>", `Hi you\n${equals}`],
    ["# ((a??Hi))", { a: "no" }, "<h2> </h2>", equals],
    ["((a??# Hi))\nx", { a: true }, "<h2>Hi</h2><p>x</p>", `Hi\n${equals}\n\nx`],
    ["((a??# Hi))\nx", { a: false }, "<p>x</p>", "x"],
    ["* ((a))\n* b", { a: "x" }, "<ul><li>x</li><li>b</li></ul>", "• x\n• b"],
    ["* ((a))\n* b", { a: "" }, "<ul><li></li><li>b</li></ul>", "• \n• b"],
    ["^ ((a))", { a: "x\ny" }, "<div><blockquote><p>x<br>y</p></blockquote></div>", "x\ny"],
    ["^ ((a))", { a: "x\n\ny" }, "<div><blockquote><p>x</p></blockquote></div><p>y</p>", "x\n\ny"],
    ["[w](((a)))", { a: "x.example" }, '<p><a href="http://x.example">w</a></p>', "w: x.example"],
    ["[((a))](u)", { a: "w]" }, '<p><a href="http://u">w]</a></p>', "w]: u"],
    [
      "[((a))](((b)))",
      { a: "w", b: "https://x.example/?a=1&b=2" },
      '<p><a href="https://x.example/?a=1&amp;b=2">w</a></p>',
      "w: https://x.example/?a=1&b=2",
    ],
    [
      "https://x.example/((a))",
      { a: "é b" },
      '<p><a href="https://x.example/%C3%A9">https://x.example/é</a> b</p>',
      "https://x.example/é b",
    ],
    ["You: ((a))", { a: ["x", "y"] }, "<p>You: </p><ul><li>x</li><li>y</li></ul>", "You: \n\n• x\n• y"],
    ["((a))\nend", { a: ["x"] }, "<br><ul><li>x<br>end</li></ul>", "• x\nend"],
    ["((a))\n\nend", { a: ["x"] }, "<br><ul><li>x</li></ul><p>end</p>", "• x\n\nend"],
    ["* ((a))", { a: ["x", "y"] }, "<ul><li></li><li><p> x</p></li><li>y</li></ul>", "• \n• x\n• y"],
    ["1. ((a))", { a: "1. x" }, "<ol><li><ol><li>x</li></ol></li></ol>", "1. 1. x"],
    ["((a))", { a: "a\n---" }, "<h3>a</h3>", `a\n${dashes}`],
    ["((a)) - it's", { a: "'x'" }, "<p>‘x’ – it’s</p>", "‘x’ – it’s"],
    ["((a))", { a: "R&D &amp; <b>" }, "<p>R&amp;D &amp; &lt;b&gt;</p>", "R&D & <b>"],
    ["((a&b))", { "a&b": "x" }, "<p>x</p>", "x"],
    ["((a<b??yes))", { "a<b": 1 }, "<p>yes</p>", "yes"],
    ["((a))", {}, "<p><span class='placeholder'>&#40;&#40;a&#41;&#41;</span></p>", "((a))"],
    [
      "x ((a??b))",
      {},
      "<p>x <span class='placeholder-conditional'>&#40;&#40;a??</span>b&#41;&#41;</p>",
      "x ((a??b))",
    ],
  ])("%j with %j", (content, values, expectedHtml, expectedText) => {
    expect(html(content, values)).toBe(expectedHtml);
    expect(text(content, values)).toBe(expectedText);
  });
});

describe("the document", () => {
  const { html: document } = renderEmail(email("# a\n\n* b", "A & B"), new Map(), { unsubscribeUrl: null });

  test("is a whole one, in English, titled with the subject", () => {
    expect(document).toStartWith('<!DOCTYPE html>\n<html lang="en">');
    expect(document).toContain("<title>A &amp; B</title></head>");
    expect(document.match(/<(html|head|body)[ >]/g)).toHaveLength(3);
  });

  test("lays out with tables that are read as none", () => {
    const tables = document.match(/<table[^>]*>/g) ?? [];
    expect(tables.length).toBeGreaterThan(2);
    expect(tables.filter((table) => !table.includes('role="presentation"'))).toEqual([]);
  });

  test("is one column, never wider than the window or 580px, in which long words break", () => {
    expect(document).toContain("max-width: 580px; width: 100%;");
    expect(document).toContain("table-layout: fixed;");
    expect(document).toContain("word-break: break-word;");
  });

  test("asks for nothing from elsewhere", () => {
    expect(document).not.toMatch(/<img|<link|<script|url\(|src=/);
  });

  test("says which colours it is for, so that none are turned by halves", () => {
    expect(document).toContain('<meta name="color-scheme" content="light">');
    expect(document).toContain("background-color: #ffffff; color: #0B0C0C;");
  });

  test("hides the preheader from screen readers and eyes alike", () => {
    expect(document).toMatch(/<span aria-hidden="true" style="display: none;[^"]*">a • b…<\/span>/);
  });
});

describe("what the API shows", () => {
  test("is Markdown, trimmed, with lists as bullets", () => {
    const values = personalisationOf({ list: ["tea", "jam"], n: "<b>" });

    expect(renderEmailForApi(email(` # "Hi" ((n)) ((list)) \n`), values).body).toBe(
      '# "Hi" <b> \n\n* tea\n* jam',
    );
  });
});

describe("the preheader", () => {
  test.each([
    ["# H\n\na\n\n---\n\n* b\n* c\n\n[w](u)", "H a • b • c w"],
    ['[w](u "t") https://x.example', "w (t) https://x.example"],
    [`${"word ".repeat(100)}`, "word ".repeat(51).concat("w")],
    ["😀".repeat(300), "😀".repeat(256)],
    ['<b> & "it\'s"', "&lt;b&gt; &amp; “it’s”"],
    ["", ""],
  ])("of %p is %p", (content, expected) => {
    expect(preheader(content)).toBe(expected);
  });

  test("of a long email is what its whole text begins with", () => {
    const line = fc.constantFrom(
      "word",
      'it\'s - "x"',
      "* item",
      "# head",
      "    code",
      "^ inset",
      "",
      "a@b’c",
    );
    fc.assert(
      fc.property(fc.array(line, { minLength: 100, maxLength: 400 }), (lines) => {
        const content = lines.join("\n\n");
        const start = preheader(content);
        expect(preheader(`${content}\n\n# end`)).toStartWith(start.slice(0, 200));
      }),
      { numRuns: 30 },
    );
  });
});

describe("an unsubscribe link", () => {
  const url = "https://x.example/u/1?a=b&c=d";

  test("ends both parts of the template's emails, but not the preheader or the API's body", () => {
    const template = email("Hello", "s", true);
    const { html, text } = renderEmail(template, new Map(), { unsubscribeUrl: url });

    expect(text).toBe(`Hello\n\n${ruleText}\n\nUnsubscribe from these emails: ${url}\n`);
    expect(html).toContain('href="https://x.example/u/1?a=b&amp;c=d">Unsubscribe from these emails</a></p>');
    expect(html).toContain("Hello…</span>");
    expect(renderEmailForApi(template, new Map()).body).toBe("Hello");
  });

  test("is in no other's", () => {
    const { text } = renderEmail(email("Hello"), new Map(), { unsubscribeUrl: url });

    expect(text).toBe("Hello\n");
  });
});

describe("whatever it says, an email", () => {
  const piece = fc.constantFrom(
    ..."ab #*-•^[]()<>!\\`~|_:&;\"'=.1\n\t ",
    ..."\n\n|    |](|http://|<b>|</b>|<a href=|[^1]: |[k]: |```\n|---|((a))|((a??b))|&lt;|a@b.c|\u2028|1. |* ".split(
      "|",
    ),
  );
  const content = fc.string({ unit: piece, maxLength: 80 });

  test("renders, the same way each time", () => {
    fc.assert(
      fc.property(content, content, (body, value) => {
        const values = personalisationOf({ a: value });
        const once = renderEmail(email(body, body, true), values, { unsubscribeUrl: "https://x.example" });
        const again = renderEmail(email(body, body, true), values, { unsubscribeUrl: "https://x.example" });
        expect(once).toEqual(again);
        expect(renderEmailForApi(email(body), values).body).toBeString();
      }),
      { numRuns: 1000 },
    );
  });

  test("has the same preheader with an unsubscribe link", () => {
    fc.assert(
      fc.property(content, (body) => {
        const [unsubscribed, plain] = ["https://x.example", null].map((unsubscribeUrl) =>
          renderEmail(email(body, "s", true), new Map(), { unsubscribeUrl }).html.replace(
            /<table[\s\S]*/,
            "",
          ),
        );
        expect(unsubscribed).toBe(plain);
      }),
      { numRuns: 1000 },
    );
  });

  test("never lets a value make a tag", () => {
    fc.assert(
      fc.property(content, (value) => {
        const tags = html("x ((a))", { a: value }).match(/<\/?\w+/g) ?? [];
        const own = /^<\/?(?:p|a|br|hr|h2|h3|ul|ol|li|div|blockquote|table|tr|td)$/;
        expect(tags.filter((tag) => !own.test(tag))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

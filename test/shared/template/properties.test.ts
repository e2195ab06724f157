import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Json, JsonFloat, type JsonObject } from "../../../shared/json/json.ts";
import { renderEmail, renderEmailForApi, renderEmailFragment } from "../../../shared/template/email.ts";
import { missingPlaceholders, personalisationOf } from "../../../shared/template/placeholders.ts";
import { sanitisePersonalisation } from "../../../shared/template/sanitise.ts";
import { renderSms, renderSmsBody, smsTemplateLength } from "../../../shared/template/sms.ts";
import { type CompiledTemplate, compileTemplate } from "../../../shared/template/template.ts";
import { processorClock } from "../../support/processor.ts";

const unsubscribeUrl = "https://x.example/u?a=b&c=d";

/** Text that means something to one rule or another, and text that nobody would write. */
const hostile = fc.string({
  maxLength: 60,
  unit: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(..."ab 1#*-•^[]()<>!\\`~|_:&;\"'=.,+@/?\n\t\r") },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        ...["((a))", "((b??c))", "((", "))", "](", "[k]: ", "[^1]: ", "[^1]", "```\n", "~~~", "---\n"],
        ...["* ", "1. ", "\n  * ", "\n\n", "^ ", "# ", "|---|", "https://", "www.", "gov.uk", "a@b.c"],
        ...["<b>", "</b>", "<!--", "-->", "<div>", "<a href='x'>", "&amp;", "&lt;", "&#40;&#40;", "&nbsp;"],
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom("\0", "\x07", "\x1c", "\x85", "\u200b", "\u2028", "\ufeff", "😀"),
    },
    { weight: 1, arbitrary: fc.constantFrom("\ud800", "\udc00", "e\u0301", "\u202e", "ŵ", "€", "\u2424") },
    { weight: 1, arbitrary: fc.string({ unit: "binary", minLength: 1, maxLength: 1 }) },
  ),
});

const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    hostile,
    fc.constantFrom<Json>(null, true, false, 0, -1, 10n ** 20n, new JsonFloat(Number.NaN), new JsonFloat(1)),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(hostile, tie("value"), { maxKeys: 3 }),
  ),
})).value;

function email(content: string, subject = "Subject"): CompiledTemplate {
  return compileTemplate({ type: "email", content, subject, hasUnsubscribeLink: true });
}

function sms(content: string): CompiledTemplate {
  return compileTemplate({ type: "sms", content, subject: null, hasUnsubscribeLink: false });
}

function textPart(content: string, values: JsonObject = {}): string {
  return renderEmail(email(content), personalisationOf(values), { unsubscribeUrl: null }).text;
}

function fragment(content: string, values: JsonObject): string {
  return renderEmailFragment(email(content), personalisationOf(values));
}

describe("whatever a template says and whatever its values are", () => {
  test("every output is rendered", () => {
    fc.assert(
      fc.property(hostile, hostile, json, json, fc.option(hostile), (content, subject, a, b, prefix) => {
        const values = personalisationOf({ a, b });
        const mail = email(content, subject);
        const { html, text } = renderEmail(mail, values, { unsubscribeUrl });
        expect(html).toEndWith("</html>\n");
        expect(text).toEndWith("\n");
        expect(renderEmailForApi(mail, values).subject).not.toMatch(/[\n\r\t]| {2}/);
        expect(renderEmailFragment(mail, values)).toBeString();
        const message = sms(content);
        expect(renderSms(message, values, { prefix }).fragments).toBeGreaterThan(0);
        expect(renderSmsBody(message, values)).toBeString();
        expect(smsTemplateLength(content)).toBeGreaterThanOrEqual(0);
        expect(missingPlaceholders(mail, values)).toBeArray();
      }),
      { numRuns: 1500, seed: 1 },
    );
  });

  test("an email whose only escaped characters are ampersands reads as any other", () => {
    // What follows holds a character that takes the two parts through readings of their own.
    fc.assert(
      fc.property(hostile, (source) => {
        const content = source.replace(/[<>]/g, "&").replaceAll("((", "");
        const alone = textPart(`${content}\n\nx\n\ny`);
        expect(textPart(`${content}\n\nx\n\ny >`)).toBe(alone.replace(/y\n$/, "y >\n"));
      }),
      { numRuns: 2000, seed: 2 },
    );
  });

  test("a text is sent and shown as the same words", () => {
    fc.assert(
      fc.property(hostile, json, fc.constantFrom("Dept", "Sŵn", "a."), (content, a, prefix) => {
        const values = personalisationOf({ a });
        const body = renderSmsBody(sms(`x${content}`), values);
        const { text, lengthWithoutPrefix } = renderSms(sms(`x${content}`), values, { prefix });
        expect(text).toBe(`${prefix}: ${body}`);
        expect(lengthWithoutPrefix).toBe(body.length);
      }),
      { numRuns: 500, seed: 3 },
    );
  });
});

describe("no value", () => {
  test("becomes a placeholder in any output", () => {
    const pieces = fc.constantFrom("(", ")", "((", "))", "b", "?", "&lpar;", "&#40;");
    const places = fc.constantFrom("x ((a)) x", "(((a)))", "((a))((a))", "( ((a)) )", "(((a))", "((a)))b))");
    fc.assert(
      fc.property(places, fc.string({ unit: pieces, maxLength: 12 }), (template, a) => {
        const personalisation = personalisationOf({ a, b: "SECRET", bb: "SECRET", "": "SECRET" });
        const { subject, text, html } = renderEmail(email(template, template), personalisation, {
          unsubscribeUrl,
        });
        const message = renderSms(sms(template), personalisation, { prefix: null }).text;
        for (const output of [subject, text, html, message]) expect(output).not.toContain("SECRET");
      }),
      { numRuns: 500, seed: 4 },
    );
  });

  test("puts a tag, an attribute or the end of one into HTML", () => {
    const own =
      /^<(?:\/?(?:p|a|br|hr|h2|h3|ul|ol|li|div|blockquote|table|tr|td))(?: (?:role|style|href|title)="[^"<>]*")*>$/;
    const places = fc.constantFrom(
      "((a))",
      "x ((a)) y",
      "# ((a))",
      "* ((a))",
      "^ ((a))",
      "[w](((a)))",
      "[((a))](u)",
      '[w](u "((a))")',
      "[w][k]\n\n[k]: ((a))",
    );
    fc.assert(
      fc.property(places, hostile, (place, a) => {
        const tags = fragment(place, { a }).match(/<[^>]*>?/g) ?? [];
        expect(tags.filter((tag) => !own.test(tag))).toEqual([]);
      }),
      { numRuns: 1500, seed: 5 },
    );
  });

  test("escapes from the title or the preheader", () => {
    fc.assert(
      fc.property(hostile, (a) => {
        const values = personalisationOf({ a });
        const { html } = renderEmail(email("((a))", "((a))"), values, { unsubscribeUrl: null });
        expect(/<title>([^<>]*)<\/title><\/head>/.test(html)).toBe(true);
        const hidden = /<body[^>]*>\n(?:<span[^>]*>([^<>]*)<\/span>)?\n<table/;
        expect(hidden.test(html)).toBe(true);
      }),
      { numRuns: 500, seed: 6 },
    );
  });

  test("is lost: both parts hold every plain one", () => {
    const plain = fc.stringMatching(/^[A-Za-z0-9é]{1,12}( [A-Za-z0-9é]{1,12}){0,3}$/);
    const places = fc.constantFrom(
      "((a)), ((b))",
      "# ((a))\n\n((b))",
      "* ((a))\n* ((b))",
      "1. ((a))\n2. ((b))",
      "^ ((a))\n\nx ((b))",
      "[((a))](https://((b)).example)",
      "    ((a))\n\n((b))",
      "x\n((a))\n---\n((b))",
    );
    fc.assert(
      fc.property(places, plain, plain, (place, a, b) => {
        const html = fragment(place, { a, b });
        const text = textPart(place, { a, b });
        for (const value of [a, b]) expect(text).toContain(value);
        expect(html).toContain(a);
        expect(decodeURIComponent(html)).toContain(b);
      }),
      { numRuns: 500, seed: 7 },
    );
  });

  test("is a live link once it is sanitised", () => {
    const piece = fc.constantFrom(
      ...[
        "http://",
        "https://",
        "HTTPS://",
        "www.",
        "bad.example",
        "bad",
        ".example",
        "bad.co.uk",
        "/path",
        "?q=1",
        "#f",
      ],
      ...[
        " ",
        "\n",
        "@",
        "-",
        "_",
        "(",
        ")",
        "[",
        "]",
        "<",
        ">",
        "[w](",
        "1.2.3.4",
        ":8080",
        "é.example",
        "\\",
        "!",
        "mailto:",
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const { personalisation } = sanitisePersonalisation({ a: pieces.join("") }, ["a"]);
        // A host of one label, `http://bad`, is no URL to Notify's rule; one with a dot must not stay whole.
        const hosts = Array.from(
          fragment("x ((a)) y", personalisation).matchAll(/href="[a-zA-Z]+:(?:\/\/)?([^"/?#]*)/g),
          ([, host = ""]) => host,
        );
        expect(hosts.filter((host) => /[^%\\]\.[a-z]/i.test(host.replace(/%5C\./g, "")))).toEqual([]);
      }),
      { numRuns: 1500, seed: 8 },
    );
  });
});

/**
 * That `work` of four times the size takes about four times as long: sixteen would be quadratic. Between them is
 * room for a busy machine, the quickest of several goes counts, and what is over in no time needs no proof.
 */
function expectProportion(work: (size: number) => () => unknown): void {
  const [small, large] = [work(10_000), work(40_000)];
  let [smallMs, largeMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let go = 0; go < 10; go += 1) {
    smallMs = Math.min(smallMs, milliseconds(small));
    largeMs = Math.min(largeMs, milliseconds(large));
    if (largeMs < 40 || largeMs / smallMs < 10) return;
  }
  expect(largeMs / smallMs).toBeLessThan(10);
}

/** Of the processor, so that what else the machine does takes no part. */
function milliseconds(work: () => unknown): number {
  const spentMs = processorClock();
  work();
  return spentMs();
}

describe("rendering takes time in proportion to", () => {
  const units = [
    ...[
      "[",
      "]",
      "[]",
      "[a](",
      "[a](b",
      "[a][",
      "![",
      "[^",
      "[k]: u\n",
      "[^1]: x\n",
      "](",
      "(",
      "((",
      "))",
      "((a",
    ],
    ...[
      "<",
      ">",
      "<a ",
      "<b a=",
      "<!--",
      "</",
      "&",
      "&#",
      "&amp",
      "\\",
      "\\\\",
      "`",
      "```\n",
      "~~~x\n",
      "```x\n",
    ],
    ...[
      "*",
      "* ",
      "* a\n",
      "* a\n\n",
      "- ",
      "-\n",
      "1.",
      "1. a\n\n",
      "^",
      "^ a\n",
      "^ a\n\n",
      "#",
      "# ",
      "# #\n",
    ],
    ...[
      "_ ",
      "- - ",
      "=\n",
      "a\n=\n",
      "|",
      "a|b\n-|-\n",
      "| a |\n|---|\n",
      " ",
      "    a\n",
      "\n",
      "\n\n",
      "a\n",
      "\t",
    ],
    ...[
      "'",
      '"',
      "\" '",
      "x'",
      " - ",
      " -",
      "— ",
      " ,",
      " .",
      "@",
      "a@b ",
      "o’n@x ",
      "gov.uk ",
      "https://",
      "https://x.",
    ],
    ...[
      "\r",
      "\u2028",
      "\u00a0",
      "\u200b",
      "😀",
      "\ud800",
      "e\u0301",
      "<p>\n\n",
      "<p",
      "  *",
      "* *",
      "> ",
      "[a]\n",
      " \n",
    ],
    // A line, a tag or a title that goes on without its end.
    ...[
      "<p></p>x\n\n",
      "<!-- -->x\n\n",
      "<p>x</p> ",
      "[a](b 'c",
      '[a](<b> "',
      "[a]: b\n\n[a]",
      "[\n",
      ' "',
      "^\n",
      "[^a",
      "`~",
    ],
    ...[
      "* a\n  ",
      " * a\n",
      "1.\n\n",
      "^ ^",
      "^ * ",
      "|-",
      "-:",
      "=-",
      "((a??",
      "((a))",
      "'\"",
      "a'80s",
      "<a>'",
    ],
  ];

  test.each(units)("the length of %j over and over", (unit) => {
    expectProportion((size) => {
      const content = unit.repeat(Math.ceil(size / unit.length));
      const whole = email(content, content.slice(0, 2000));
      return () => {
        renderEmail(whole, new Map(), { unsubscribeUrl });
        renderSms(sms(content), new Map(), { prefix: "x" });
        sanitisePersonalisation({ a: content }, ["a"]);
      };
    });
  });

  test("the length of its values", () => {
    const mail = email("((a))\n\n((b))");
    expectProportion((size) => {
      const values = personalisationOf({ a: "[".repeat(size), b: "* ".repeat(size) });
      return () => renderEmail(mail, values, { unsubscribeUrl });
    });
  });
});

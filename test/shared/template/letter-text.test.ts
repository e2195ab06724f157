import { describe, expect, test } from "bun:test";
import type { JsonObject } from "../../../shared/json/json.ts";
import type { LetterBlock, LetterInline } from "../../../shared/template/letter-blocks.ts";
import { fillContactBlock, fillLetter } from "../../../shared/template/letter-text.ts";
import { personalisationOf } from "../../../shared/template/placeholders.ts";

/** A letter's body written short: bold between `*`, a line break as `/`. */
function body(content: string, values: JsonObject = {}): string[] {
  return fillLetter({ subject: "S", content }, personalisationOf(values)).blocks.map(shortBlock);
}

function shortBlock(block: LetterBlock): string {
  switch (block.kind) {
    case "heading":
      return `H ${shortWords(block.content)}`;
    case "paragraph":
      return `P ${shortWords(block.content)}`;
    case "text":
      return shortWords(block.content);
    case "list":
      return `${block.ordered ? "OL" : "UL"}(${block.items.map((item) => item.map(shortBlock).join("; ")).join(" | ")})`;
    case "qr-code":
      return `QR ${block.data}`;
    case "page-break":
      return "---";
  }
}

function shortWords(content: readonly LetterInline[]): string {
  return content
    .map((piece) => (piece.kind === "break" ? "/" : piece.bold ? `*${piece.text}*` : piece.text))
    .join("");
}

function subject(text: string, values: JsonObject = {}): string {
  return fillLetter({ subject: text, content: "x" }, personalisationOf(values)).subject;
}

describe("a letter's body", () => {
  test.each<[string, string[]]>([
    ["# Big\n## Small\n### Smaller", ["H Big", "P Small", "P Smaller"]],
    ["Over\n===\nUnder\n---\nx", ["H Over", "P Under", "P x"]],
    ["one\ntwo\n\nthree", ["P one/two", "P three"]],
    ["* a\n* b\n  * c\n", ["UL(a | b; UL(c))"]],
    ["1. a\n2. b", ["OL(a | b)"]],
    ["Intro:\n* a\nAfter", ["P Intro:", "UL(a/After)"]],
    ["**Note** x", ["UL(UL(Note** x))"]],
    ["a\n\n---\n\nb\n\n***\n\nc", ["P a", "---", "P b", "---", "P c"]],
    ["^ in\nset\n\nout", ["P in/set", "P out"]],
    ["[words](https://a.example/b-c)", ["P [words](https://a.example/b‑c)"]],
    ['[words](a.example "t")', ["P [words](a.example “t”)"]],
    ["[words][k]\n\n[k]: http://a.example", ["P [words](http://a.example)"]],
    ["See https://a.example/x?a=1&copy=2.", ["P See *a.example/x?a=1&copy=2*."]],
    ["http://a.example", ["P *a.example*"]],
    ["www.a.example", ["P www.a.example"]],
    ["|a|b|\n|-|-|\n|1|2|\n\nx ![i](y) z", ["P x  z"]],
    ["a[^n] b\n\n[^n]: the note", ["P a b", "P the note"]],
    ["    bare\n\nx", ["bare\n\n", "P x"]],
    ["a - b, c-d -- e", ["P a – b, c‑d – e"]],
    [`"It's" the dogs' , ok`, ["P “It’s” the dogs’, ok"]],
    ["`code` *star* _line_ ~~x~~ \\# y", ["P `code` *star* _line_ ~~x~~ # y"]],
    ["a < b & c <b>x</b> &copy; &amp; &nbsp;.", ["P a < b & c <b>x</b> © & \u00a0."]],
    ["qr: https://a.example/x-y_z", ["QR https://a.example/x-y_z"]],
    ["  QR :  a -- 'b' & <c>", ["QR a -- 'b' & <c>"]],
    ["qr:", ["P qr:"]],
    ["* qr: in a tight item", ["UL(qr: in a tight item)"]],
    ["x qr: y", ["P x qr: y"]],
    ["", []],
  ])("reads %j", (content, blocks) => {
    expect(body(content)).toEqual(blocks);
  });

  test("is filled before it is read, values in their place only", () => {
    expect(body("((a))\n\n((b))", { a: "# x", b: ["one", "two"] })).toEqual(["H x", "UL(one | two)"]);
    expect(body("((a))", { a: "((b)) <hr> &lt;p&gt;", b: "no" })).toEqual(["P ((b)) <hr> <p>"]);
    expect(body("((late??Pay now))((early??Well done))", { late: "yes", early: "no" })).toEqual([
      "P Pay now",
    ]);
  });

  test("shows what has no value as it was typed", () => {
    expect(body("Dear ((name)) ((a??b))")).toEqual(["P Dear ((name)) ((a??b))"]);
  });
});

describe("a letter's subject", () => {
  test.each<[string, JsonObject, string]>([
    ["It's - ((n))", { n: '"A" & <B>' }, "It’s – “A” & <B>"],
    ["two\nlines   here ,ok", {}, "two lines here,ok"],
    ["((missing))", {}, "((missing))"],
    ["((l))", { l: ["a", "b", "c"] }, "a, b and c"],
    ["c-d", {}, "c-d"],
  ])("%j with %j", (text, values, expected) => {
    expect(subject(text, values)).toBe(expected);
  });
});

test("a contact block keeps its lines and its straight quotes", () => {
  const block = "  Town's ((what)) , \n\n  1 High Street\t\n((gone??x))\n";

  const lines = fillContactBlock(block, personalisationOf({ what: "A&B <hall>", gone: "no" }));

  expect(lines).toEqual(["Town's A&B <hall>,", "", "1 High Street"]);
  expect(fillContactBlock(" \n ", personalisationOf({}))).toEqual([]);
});

import { describe, expect, test } from "bun:test";
import { renderHtml } from "../../../shared/template/markdown-html.ts";
import { parseMarkdown } from "../../../shared/template/markdown-inline.ts";
import { renderText } from "../../../shared/template/markdown-text.ts";
import { escapeHtml } from "../../../shared/text/html.ts";

/**
 * What stands on the right was not written by hand nor by the code under test: mistune 0.8.4 made it, with the
 * changes to its patterns and the renderers that templates.md 5.2 and 5.3 describe. Typography comes later.
 */
function renders(source: string, html: string, text: string): void {
  expect(bare(renderHtml(parseMarkdown(`${escapeHtml(source)}\n`)))).toBe(html);
  expect(named(renderText(parseMarkdown(`${source}\n`)))).toBe(text);
}

/** Without where styles go, and without what encloses lists and insets. */
function bare(html: string): string {
  return html.replace(/ {2}s|<\/td><\/tr><\/table>|(?<=<\/blockquote>)<\/div>/g, "");
}

/** With names for the long lines. */
function named(text: string): string {
  return text
    .replaceAll(`${"=-".repeat(32)}=`, "{rule}")
    .replaceAll("-".repeat(65), "{dashes}")
    .replaceAll("=".repeat(65), "{equals}");
}

describe("line ends, tabs and blank lines", () => {
  test.each([
    ["a\rb\r\nc", "<p>a<br>b<br>c</p>", "\n\na\nb\nc"],
    ["a␤b", "<p>a<br>b</p>", "\n\na\nb"],
    ["a\tb\tc", "<p>a   b   c</p>", "\n\na   b   c"],
    ["abc\td", "<p>abc d</p>", "\n\nabc d"],
    ["abcd\te", "<p>abcd    e</p>", "\n\nabcd    e"],
    ["é😀\tx", "<p>é😀  x</p>", "\n\né😀  x"],
    ["\n\n\na", "<br><p>a</p>", "\n\n\na"],
    ["\na", "<p>a</p>", "\n\na"],
    ["a\n   \nb", "<p>a</p><p>b</p>", "\n\na\n\nb"],
    ["a\n\n\n\n\nb", "<p>a</p><p>b</p>", "\n\na\n\nb"],
    ["   ", "", ""],
    ["\n\n", "", ""],
    ["a   ", "<p>a   </p>", "\n\na   "],
    ["  a", "<p>  a</p>", "\n\n  a"],
    ["a\n    b", "<p>a<br>    b</p>", "\n\na\n    b"],
  ])("%j", renders);
});

describe("rules", () => {
  test.each([
    ["---", "<hr>", "\n\n{rule}"],
    ["***", "<hr>", "\n\n{rule}"],
    ["___", "<hr>", "\n\n{rule}"],
    ["- - -", "<hr>", "\n\n{rule}"],
    ["* _ -", "<hr>", "\n\n{rule}"],
    ["   ---", "<hr>", "\n\n{rule}"],
    ["    ---", "---", "---"],
    ["----------", "<hr>", "\n\n{rule}"],
    ["--", "<ul><li>-</li></ul>", "\n\n• -"],
    ["-- -x", "<ul><li><ul><li><ul><li>x</li></ul></li></ul></li></ul>", "\n\n• • • x"],
    ["a\n---", "<h3>a</h3>", "\n\n\na\n{dashes}"],
    ["a\n\n---\nb", "<p>a</p><hr><p>b</p>", "\n\na\n\n{rule}\n\nb"],
    ["---\n---\nx", "<hr><hr><p>x</p>", "\n\n{rule}\n\n{rule}\n\nx"],
    ["a\n_ _ _\nb", "<p>a</p><hr><p>b</p>", "\n\na\n\n{rule}\n\nb"],
    ["a\n - - -\nb", "<p>a</p><hr><p>b</p>", "\n\na\n\n{rule}\n\nb"],
    ["***a***", "<ul><li><ul><li><ul><li>a***</li></ul></li></ul></li></ul>", "\n\n• • • a***"],
    ["*\n*\n*", "<ul><li></li><li></li><li></li></ul>", "\n\n• \n• \n• "],
  ])("%j", renders);
});

describe("indented text", () => {
  test.each([
    ["    a", "a", "a"],
    ["    a\n    b", "a\nb", "a\nb"],
    ["    a\n\n\n    b\nc", "a\n\n\nb\n<p>c</p>", "a\n\n\nb\n\n\nc"],
    ["     a", " a", " a"],
    ["\ta\n\tb", "a\nb", "a\nb"],
    ["a\n\n    # b", "<p>a</p># b", "\n\na# b"],
    ["    ", "", ""],
    ["    a\n  b", "a\n<p>  b</p>", "a\n\n\n  b"],
  ])("%j", renders);
});

describe("fences", () => {
  test.each([
    ["```\na\n```", "a", "a"],
    ["```js\na\n\nb\n```\nc", "a\n\nb<p>c</p>", "a\n\nb\n\nc"],
    ["~~~\na\n~~~", "a", "a"],
    ["```\na\n~~~", "<p>```<br>a<br>~~~</p>", "\n\n```\na\n~~~"],
    ["````\na\n```\n````", "a\n```", "a\n```"],
    ["```\n\n```", "\n", "\n"],
    ["```a b\nx\n```", "<p>```a b<br>x<br>```</p>", "\n\n```a b\nx\n```"],
    ["a\n```\nb\n```\nc", "<p>a</p>b<p>c</p>", "\n\nab\n\nc"],
    ["  ```\n  a\n  ```", "  a", "  a"],
    ["```\n# a\n* b\n```", "# a\n* b", "# a\n* b"],
  ])("%j", renders);
});

describe("headings", () => {
  test.each([
    ["# a", "<h2>a</h2>", "\n\n\na\n{equals}"],
    ["#a", "<h2>a</h2>", "\n\n\na\n{equals}"],
    ["##a", "<h3>a</h3>", "\n\n\na\n{dashes}"],
    ["### a", "<p>a</p>", "\n\na"],
    ["###### a", "<p>a</p>", "\n\na"],
    ["####### a", "<p># a</p>", "\n\n# a"],
    ["   # a", "<h2>a</h2>", "\n\n\na\n{equals}"],
    ["     # a", " # a", " # a"],
    ["# a #", "<h2>a</h2>", "\n\n\na\n{equals}"],
    ["# a ###  ", "<h2>a</h2>", "\n\n\na\n{equals}"],
    ["#a#b#", "<h2>a#b</h2>", "\n\n\na#b\n{equals}"],
    ["# ", "<h2> </h2>", "\n\n\n \n{equals}"],
    ["##", "<h2>#</h2>", "\n\n\n#\n{equals}"],
    ["#", "<p>#</p>", "\n\n#"],
    ["# # a", "<h2># a</h2>", "\n\n\n# a\n{equals}"],
    ["a\n# b\nc", "<p>a</p><h2>b</h2><p>c</p>", "\n\na\n\n\nb\n{equals}\n\nc"],
    ["# a\n\n\n\nb", "<h2>a</h2><p>b</p>", "\n\n\na\n{equals}\n\nb"],
    ["#\ta", "<h2>a</h2>", "\n\n\na\n{equals}"],
    ["# [w](u)", '<h2><a href="http://u">w</a></h2>', "\n\n\nw: u\n{equals}"],
    ["#   ", "<h2> </h2>", "\n\n\n \n{equals}"],
  ])("%j", renders);
});

describe("underlined headings", () => {
  test.each([
    ["a\n=", "<h2>a</h2>", "\n\n\na\n{equals}"],
    ["a\n-", "<h3>a</h3>", "\n\n\na\n{dashes}"],
    ["a\n===\nb", "<h2>a</h2><p>b</p>", "\n\n\na\n{equals}\n\nb"],
    ["a\n---\n\n\nb", "<h3>a</h3><p>b</p>", "\n\n\na\n{dashes}\n\nb"],
    ["a\n  ==  \nb", "<h2>a</h2><p>b</p>", "\n\n\na\n{equals}\n\nb"],
    ["a\n-=-", "<h3>a</h3>", "\n\n\na\n{dashes}"],
    ["a\n=-=", "<h2>a</h2>", "\n\n\na\n{equals}"],
    ["a\nb\n---", "<p>a</p><h3>b</h3>", "\n\na\n\n\nb\n{dashes}"],
    ["* a\n=", "<h2>* a</h2>", "\n\n\n* a\n{equals}"],
    ["a\n= b", "<p>a<br>= b</p>", "\n\na\n= b"],
    ["# a\n---", "<h2>a</h2><hr>", "\n\n\na\n{equals}\n\n{rule}"],
    ["a\n=\n=\n=", "<h2>a</h2><h2>=</h2>", "\n\n\na\n{equals}\n\n\n=\n{equals}"],
    ["a\n\n=", "<p>a</p><p>=</p>", "\n\na\n\n="],
  ])("%j", renders);
});

describe("insets", () => {
  test.each([
    ["^a", "<blockquote><p>a</p></blockquote>", "\n\na"],
    ["^ a", "<blockquote><p>a</p></blockquote>", "\n\na"],
    ["^  a", "<blockquote><p> a</p></blockquote>", "\n\n a"],
    ["  ^ a", "<blockquote><p>a</p></blockquote>", "\n\na"],
    ["^ a\nb", "<blockquote><p>a<br>b</p></blockquote>", "\n\na\nb"],
    ["^ a\n^ b", "<blockquote><p>a<br>b</p></blockquote>", "\n\na\nb"],
    ["^ a\n\n^ b", "<blockquote><p>a</p><p>b</p></blockquote>", "\n\na\n\nb"],
    ["^ a\n\nb", "<blockquote><p>a</p></blockquote><p>b</p>", "\n\na\n\nb"],
    ["^", "<p>^</p>", "\n\n^"],
    ["^\n^ a", "<p>^<br>^ a</p>", "\n\n^\n^ a"],
    ["a\n^ b", "<p>a<br>^ b</p>", "\n\na\n^ b"],
    ["^ # a", "<blockquote><h2>a</h2></blockquote>", "\n\n\na\n{equals}"],
    ["^ * a\n^ * b", "<blockquote><ul><li>a</li><li>b</li></ul></blockquote>", "\n\n• a\n• b"],
    ["^ ^ a", "<blockquote><blockquote><p>a</p></blockquote></blockquote>", "\n\na"],
    ["^^ a", "<blockquote><blockquote><p>a</p></blockquote></blockquote>", "\n\na"],
    ["^ a\n---\nb", "<h3>^ a</h3><p>b</p>", "\n\n\n^ a\n{dashes}\n\nb"],
    ["^ ```\n^ x\n^ ```", "<blockquote>x</blockquote>", "x"],
    ["^ a\n\n\n\n^ b\n\n\nc", "<blockquote><p>a</p><p>b</p></blockquote><p>c</p>", "\n\na\n\nb\n\nc"],
  ])("%j", renders);
});

describe("lists", () => {
  test.each([
    ["* a", "<ul><li>a</li></ul>", "\n\n• a"],
    ["*a", "<ul><li>a</li></ul>", "\n\n• a"],
    ["- a", "<ul><li>a</li></ul>", "\n\n• a"],
    ["-a", "<ul><li>a</li></ul>", "\n\n• a"],
    ["• a", "<ul><li>a</li></ul>", "\n\n• a"],
    ["•a", "<ul><li>a</li></ul>", "\n\n• a"],
    ["1. a", "<ol><li>a</li></ol>", "\n\n1. a"],
    ["1.a", "<ol><li>a</li></ol>", "\n\n1. a"],
    ["12.a", "<ol><li>a</li></ol>", "\n\n1. a"],
    ["0. a\n5. b", "<ol><li>a</li><li>b</li></ol>", "\n\n1. a\n2. b"],
    ["* a\n* b", "<ul><li>a</li><li>b</li></ul>", "\n\n• a\n• b"],
    ["* a\n- b\n• c\n1. d", "<ul><li>a</li><li>b</li><li>c</li><li>d</li></ul>", "\n\n• a\n• b\n• c\n• d"],
    ["1. a\n* b", "<ol><li>a</li><li>b</li></ol>", "\n\n1. a\n2. b"],
    ["* a\nb\nc", "<ul><li>a<br>b<br>c</li></ul>", "\n\n• a\nb\nc"],
    ["* a\n\n* b", "<ul><li><p> a</p></li><li><p> b</p></li></ul>", "\n\n• a\n• b"],
    ["* a\n\n\n* b", "<ul><li>a</li></ul><ul><li>b</li></ul>", "\n\n• a\n\n• b"],
    ["* a\n\nb", "<ul><li>a</li></ul><p>b</p>", "\n\n• a\n\nb"],
    ["* a\n\n b", "<ul><li><p>a</p><br><p>b</p></li></ul>", "\n\n• a\n\n\nb"],
    ["* a\n\n  b", "<ul><li><p>a</p><br><p> b</p></li></ul>", "\n\n• a\n\n\n b"],
    ["* a\n  * b", "<ul><li>a<ul><li>b</li></ul></li></ul>", "\n\n• a\n\n• b"],
    ["* a\n   b", "<ul><li>a<br>  b</li></ul>", "\n\n• a\n  b"],
    [
      "1. a\n   1. b\n   2. c\n2. d",
      "<ol><li>a<ol><li>b</li><li>c</li></ol></li><li>d</li></ol>",
      "\n\n1. a\n\n1. b\n2. c\n2. d",
    ],
    ["* a\n    b", "<ul><li>a<br>   b</li></ul>", "\n\n• a\n   b"],
    ["+ a", "<p>+ a</p>", "\n\n+ a"],
    ["a\n* b", "<p>a</p><ul><li>b</li></ul>", "\n\na\n\n• b"],
    ["a\n- b", "<p>a</p><ul><li>b</li></ul>", "\n\na\n\n• b"],
    ["a\n+ b", "<p>a</p><p>+ b</p>", "\n\na\n\n+ b"],
    ["a\n1. b", "<p>a</p><ol><li>b</li></ol>", "\n\na\n\n1. b"],
    ["a\n23. b", "<p>a</p><ol><li>b</li></ol>", "\n\na\n\n1. b"],
    ["a\n*b", "<p>a<br>*b</p>", "\n\na\n*b"],
    ["a\n-b", "<p>a<br>-b</p>", "\n\na\n-b"],
    ["a\n• b", "<p>a<br>• b</p>", "\n\na\n• b"],
    ["a\n1.b", "<p>a<br>1.b</p>", "\n\na\n1.b"],
    ["*", "<p>*</p>", "\n\n*"],
    ["* ", "<ul><li></li></ul>", "\n\n• "],
    ["*\na", "<ul><li>a</li></ul>", "\n\n• a"],
    ["**a**", "<ul><li><ul><li>a**</li></ul></li></ul>", "\n\n• • a**"],
    ["* * a", "<ul><li><ul><li>a</li></ul></li></ul>", "\n\n• • a"],
    ["* # a", "<ul><li># a</li></ul>", "\n\n• # a"],
    ["* ```\n  x\n  ```", "<ul><li>x</li></ul>", "\n\n• x"],
    ["* a\n  ---\n  b", "<h3>* a</h3><p>  b</p>", "\n\n\n* a\n{dashes}\n\n  b"],
    ["* a\n***\nb", "<ul><li>a</li></ul><hr><p>b</p>", "\n\n• a\n\n{rule}\n\nb"],
    ["* a\n\n***\nb", "<ul><li>a</li></ul><hr><p>b</p>", "\n\n• a\n\n{rule}\n\nb"],
    ["* a\n[k]: u\n* b", "<ul><li>a</li></ul><ul><li>b</li></ul>", "\n\n• a\n\n• b"],
    ["* a\n\n\n\nb", "<ul><li>a</li></ul><p>b</p>", "\n\n• a\n\nb"],
    ["  * a\n  * b", "<ul><li>a</li><li>b</li></ul>", "\n\n• a\n• b"],
    ["* a\n * b", "<ul><li>a<ul><li>b</li></ul></li></ul>", "\n\n• a\n\n• b"],
    ["- a -\n- b", "<ul><li>a -</li><li>b</li></ul>", "\n\n• a -\n• b"],
    ["* a\n^ b", "<ul><li>a<blockquote><p>b</p></blockquote></li></ul>", "\n\n• a\n\nb"],
    ["* [w](u)", '<ul><li><a href="http://u">w</a></li></ul>', "\n\n• w: u"],
    ["1) a", "<p>1) a</p>", "\n\n1) a"],
    ["a. b", "<p>a. b</p>", "\n\na. b"],
    ["* a  \n  b", "<ul><li>a<br> b</li></ul>", "\n\n• a\n b"],
    [
      "1.  a\n2.  b\n\n3.  c",
      "<ol><li>a</li><li><p>  b</p></li><li><p>  c</p></li></ol>",
      "\n\n1. a\n2. b\n3. c",
    ],
    ["* a\n1. b\n* c", "<ul><li>a</li><li>b</li><li>c</li></ul>", "\n\n• a\n• b\n• c"],
    [
      "* a\n  1. b\n  2. c\n* d",
      "<ul><li>a<ol><li>b</li><li>c</li></ol></li><li>d</li></ul>",
      "\n\n• a\n\n1. b\n2. c\n• d",
    ],
    [
      "-------- a",
      "<ul><li><ul><li><ul><li><ul><li><ul><li><ul><li><ul><li>-- a</li></ul></li></ul></li></ul></li></ul></li></ul></li></ul></li></ul>",
      "\n\n• • • • • • • -- a",
    ],
    ["* a\n \n* b", "<ul><li><p> a</p></li><li><p> b</p></li></ul>", "\n\n• a\n• b"],
  ])("%j", renders);
});

describe("definitions", () => {
  test.each([
    ["[k]: u\n[w][k]", '<p><a href="http://u">w</a></p>', "\n\nw: u"],
    ["[w][k]\n\n[k]: u", '<p><a href="http://u">w</a></p>', "\n\nw: u"],
    ["[k]\n\n[k]: <u>", '<p><a href="http://&lt;u&gt;">k</a></p>', "\n\nk: u"],
    ["[K]\n\n[k]: u 't'", "<p>[K]</p><p>[k]: u 't'</p>", "\n\n[K]\n\n[k]: u 't'"],
    ['[k]\n\n[k]: u "t"', '<p><a href="http://u" title="t">k</a></p>', "\n\nk (t): u"],
    ["[k]\n\n[k]: u (t)", '<p><a href="http://u" title="t">k</a></p>', "\n\nk (t): u"],
    ["[a  b]\n\n[A b]: u", '<p><a href="http://u">a  b</a></p>', "\n\na  b: u"],
    ["a\n[k]: u\n[k]", '<p>a</p><p><a href="http://u">k</a></p>', "\n\na\n\nk: u"],
    ["[k]: u", "", ""],
    ["[k]:u\n\n[w] [k]", '<p><a href="http://u">w</a></p>', "\n\nw: u"],
    ["[k]: a\n[k]: b\n\n[k]", '<p><a href="http://b">k</a></p>', "\n\nk: b"],
    ["[w][]\n\n[w]: u", '<p><a href="http://u">w</a></p>', "\n\nw: u"],
    ["[k]: a b\n\n[k]", "<p>[k]: a b</p><p>[k]</p>", "\n\n[k]: a b\n\n[k]"],
    ["[^n]: u\na[^n]", "<p>a</p><p>u</p>", "\n\na\n\nu"],
    ["a[^1]\n\n[^1]: b\n  c", "<p>a</p><p>b<br>c</p>", "\n\na\n\nb\nc"],
    ["a[^1]b[^2]\n\n[^2]: two\n\n[^1]: one", "<p>ab</p><p>one</p><p>two</p>", "\n\nab\n\none\n\ntwo"],
    ["a[^1]\n\n[^1]: * x\n  * y", "<p>a</p><ul><li>x</li><li>y</li></ul>", "\n\na\n\n• x\n• y"],
    ["[^1]", "<p>[^1]</p>", "\n\n[^1]"],
    ["a[^1]\n\n[^1]: b[^1]", "<p>a</p><p>b[^1]</p>", "\n\na\n\nb[^1]"],
    ["![p][k]\n\n[k]: u", "", ""],
  ])("%j", renders);
});

describe("tables", () => {
  test.each([
    ["| a |\n|---|", "<p>| a |<br>|---|</p>", "\n\n| a |\n|---|"],
    ["| a |\n|---|\n| b |", "", ""],
    ["a | b\n-|-\nc | d", "", ""],
    ["a | b\n---", "<h3>a | b</h3>", "\n\n\na | b\n{dashes}"],
    [
      "x\n| a | b |\n|---|---|\n| c | d |",
      "<p>x<br>| a | b |<br>|---|---|<br>| c | d |</p>",
      "\n\nx\n| a | b |\n|---|---|\n| c | d |",
    ],
    ["a|b", "<p>a|b</p>", "\n\na|b"],
    ["| a | b", "<p>| a | b</p>", "\n\n| a | b"],
    ["|a|\n|-|\n|b|\nc", "<p>c</p>", "\n\nc"],
  ])("%j", renders);
});

describe("paragraphs", () => {
  test.each([
    ["a\nb", "<p>a<br>b</p>", "\n\na\nb"],
    ["a\n\nb", "<p>a</p><p>b</p>", "\n\na\n\nb"],
    ["a\n> b", "<p>a<br>&gt; b</p>", "\n\na\n\n&gt; b"],
    ["> a", "<p>&gt; a</p>", "\n\n&gt; a"],
    ["a\n    b", "<p>a<br>    b</p>", "\n\na\n    b"],
    ["a\n\n\nb", "<p>a</p><p>b</p>", "\n\na\n\nb"],
    ["a\n<div>b", "<p>a<br>&lt;div&gt;b</p>", "\n\na\n\n<div>b"],
    ["a\n<b>c", "<p>a<br>&lt;b&gt;c</p>", "\n\na\n<b>c"],
    ["a\n_b_", "<p>a<br>_b_</p>", "\n\na\n_b_"],
    ["a\n* * *\nb", "<p>a</p><hr><p>b</p>", "\n\na\n\n{rule}\n\nb"],
  ])("%j", renders);
});

describe("escapes", () => {
  test.each([
    ["\\*a", "<p>*a</p>", "\n\n*a"],
    ["\\# a", "<p># a</p>", "\n\n# a"],
    ["\\- a", "<p>- a</p>", "\n\n- a"],
    ["1\\. a", "<p>1. a</p>", "\n\n1. a"],
    ["\\^ a", "<p>\\^ a</p>", "\n\n\\^ a"],
    ["\\[w](u)", "<p>[w](u)</p>", "\n\n[w](u)"],
    ["[w\\](u)", '<p><a href="http://u">w\\</a></p>', "\n\nw\\: u"],
    ["\\\\", "<p>\\</p>", "\n\n\\"],
    ["\\a", "<p>\\a</p>", "\n\n\\a"],
    ["\\<", "<p>\\&lt;</p>", "\n\n\\&lt;"],
    ["\\>", "<p>\\&gt;</p>", "\n\n&gt;"],
    ["\\~\\|\\_\\!\\+\\`\\{\\}\\(\\)", "<p>~|_!+`{}()</p>", "\n\n~|_!+`{}()"],
    ["a\\\nb", "<p>a\\<br>b</p>", "\n\na\\\nb"],
    [
      "\\https://x.example",
      '<p>\\<a href="https://x.example">https://x.example</a></p>',
      "\n\n\\https://x.example",
    ],
  ])("%j", renders);
});

describe("literal marks", () => {
  test.each([
    ["**a**b", "<ul><li><ul><li>a**b</li></ul></li></ul>", "\n\n• • a**b"],
    ["x **a**", "<p>x **a**</p>", "\n\nx **a**"],
    ["x *a* _b_ __c__", "<p>x *a* _b_ __c__</p>", "\n\nx *a* _b_ __c__"],
    ["x ~~a~~", "<p>x ~~a~~</p>", "\n\nx ~~a~~"],
    ["x `a` ``b``", "<p>x `a` ``b``</p>", "\n\nx `a` ``b``"],
    ["x ***", "<p>x ***</p>", "\n\nx ***"],
    ["snake_case_name", "<p>snake_case_name</p>", "\n\nsnake_case_name"],
    ["2 * 3 * 4", "<p>2 * 3 * 4</p>", "\n\n2 * 3 * 4"],
  ])("%j", renders);
});

describe("links", () => {
  test.each([
    ["[w](u)", '<p><a href="http://u">w</a></p>', "\n\nw: u"],
    ["[w]( u )", '<p><a href="http://u">w</a></p>', "\n\nw: u"],
    ["[w](u v)", '<p><a href="http://u%20v">w</a></p>', "\n\nw: u v"],
    ["[w](u 't')", '<p><a href="http://u" title="t">w</a></p>', "\n\nw (t): u"],
    ['[w](u "t")', '<p><a href="http://u" title="t">w</a></p>', "\n\nw (t): u"],
    ["[w](u 't\")", '<p><a href="http://u" title="t">w</a></p>', "\n\nw (t): u"],
    ['[w](u"t")', '<p><a href="http://u%22t%22">w</a></p>', '\n\nw: u"t"'],
    ['[w](u "a" "b")', '<p><a href="http://u" title="a&quot; &quot;b">w</a></p>', '\n\nw (a" "b): u'],
    ["[w]()", '<p><a href="http://">w</a></p>', "\n\nw: "],
    ["[](u)", '<p><a href="http://u"></a></p>', "\n\n: u"],
    ["[w] (u)", "<p>[w] (u)</p>", "\n\n[w] (u)"],
    ["[w](u", "<p>[w](u</p>", "\n\n[w](u"],
    ["[w]u)", "<p>[w]u)</p>", "\n\n[w]u)"],
    ["[w](a(b)c)", '<p><a href="http://a%28b">w</a>c)</p>', "\n\nw: a(bc)"],
    ["[[w]](u)", '<p><a href="http://u">[w]</a></p>', "\n\n[w]: u"],
    ["[a [b] c](u)", '<p><a href="http://u">a [b] c</a></p>', "\n\na [b] c: u"],
    ["[a](b)[c](d)", '<p><a href="http://b">a</a><a href="http://d">c</a></p>', "\n\na: bc: d"],
    ["[a](b) (c)", '<p><a href="http://b">a</a> (c)</p>', "\n\na: b (c)"],
    ["![w](u)", "", ""],
    ["x![w](u)y", "<p>xy</p>", "\n\nxy"],
    ["[w](#x)", '<p><a href="http://#x">w</a></p>', "\n\nw: #x"],
    ["[w](/x?a=b&c=d)", '<p><a href="http:///x?a=b&amp;c=d">w</a></p>', "\n\nw: /x?a=b&c=d"],
    ["[w](HTTP://x)", '<p><a href="HTTP://x">w</a></p>', "\n\nw: HTTP://x"],
    ["[w](ftp://x)", '<p><a href="ftp://x">w</a></p>', "\n\nw: ftp://x"],
    ["[w](file:x)", '<p><a href="file:x">w</a></p>', "\n\nw: file:x"],
    ["[w](tel:+44 20)", '<p><a href="tel:%2B44%2020">w</a></p>', "\n\nw: tel:+44 20"],
    [
      "[w](mailto:a@b.c?subject=x y)",
      '<p><a href="mailto:a%40b.c?subject=x%20y">w</a></p>',
      "\n\nw: mailto:a@b.c?subject=x y",
    ],
    ["[w](data:x)", '<p><a href="http://data:x">w</a></p>', "\n\nw: data:x"],
    ["[w](é/ü)", '<p><a href="http://%C3%A9/%C3%BC">w</a></p>', "\n\nw: é/ü"],
    ["[w](%20%)", '<p><a href="http://%20%">w</a></p>', "\n\nw: %20%"],
    ["[w](a;b)", '<p><a href="http://a;b">w</a></p>', "\n\nw: a;b"],
    ["[w](a'b\"c)", '<p><a href="http://a%27b%22c">w</a></p>', "\n\nw: a'b\"c"],
    ["[w\nx](u)", '<p><a href="http://u">w<br>x</a></p>', "\n\nw\nx: u"],
    ["[w](u\nv)", '<p><a href="http://u%0Av">w</a></p>', "\n\nw: u\nv"],
    [
      "[https://a.example/b](u)",
      '<p><a href="http://u">https://a.example/b</a></p>',
      "\n\nhttps://a.example/b: u",
    ],
    ["[w [x](y)](z)", '<p><a href="http://z">w <a href="http://y">x</a></a></p>', "\n\nw x: y: z"],
    ["[*a*](u)", '<p><a href="http://u">*a*</a></p>', "\n\n*a*: u"],
    ["[w](<u>)", '<p><a href="http://&lt;u&gt;">w</a></p>', "\n\nw: u"],
    ["[w](<u v> 't')", '<p><a href="http://&lt;u%20v&gt;" title="t">w</a></p>', "\n\nw (t): u v"],
  ])("%j", renders);
});

describe("bare addresses", () => {
  test.each([
    [
      "https://x.example",
      '<p><a href="https://x.example">https://x.example</a></p>',
      "\n\nhttps://x.example",
    ],
    [
      "http://x.example/a?b=c#d",
      '<p><a href="http://x.example/a?b=c#d">http://x.example/a?b=c#d</a></p>',
      "\n\nhttp://x.example/a?b=c#d",
    ],
    ["HTTP://x.example", "<p>HTTP://x.example</p>", "\n\nHTTP://x.example"],
    ["Https://x.example", "<p>Https://x.example</p>", "\n\nHttps://x.example"],
    ["ftp://x.example", "<p>ftp://x.example</p>", "\n\nftp://x.example"],
    ["www.x.example", "<p>www.x.example</p>", "\n\nwww.x.example"],
    ["a@x.example", "<p>a@x.example</p>", "\n\na@x.example"],
    ["mailto:a@b.c", "<p>mailto:a@b.c</p>", "\n\nmailto:a@b.c"],
    ["https://ab", '<p><a href="https://ab">https://ab</a></p>', "\n\nhttps://ab"],
    ["https://a", "<p>https://a</p>", "\n\nhttps://a"],
    ["https://", "<p>https://</p>", "\n\nhttps://"],
    [
      "xhttps://x.example",
      '<p>x<a href="https://x.example">https://x.example</a></p>',
      "\n\nxhttps://x.example",
    ],
    [
      "(https://x.example)",
      '<p>(<a href="https://x.example">https://x.example</a>)</p>',
      "\n\n(https://x.example)",
    ],
    [
      "https://x.example.",
      '<p><a href="https://x.example">https://x.example</a>.</p>',
      "\n\nhttps://x.example.",
    ],
    [
      "https://x.example,",
      '<p><a href="https://x.example">https://x.example</a>,</p>',
      "\n\nhttps://x.example,",
    ],
    [
      "https://x.example:",
      '<p><a href="https://x.example">https://x.example</a>:</p>',
      "\n\nhttps://x.example:",
    ],
    [
      "https://x.example'",
      '<p><a href="https://x.example">https://x.example</a>\'</p>',
      "\n\nhttps://x.example'",
    ],
    [
      'https://x.example"',
      '<p><a href="https://x.example">https://x.example</a>"</p>',
      '\n\nhttps://x.example"',
    ],
    [
      "https://x.example]",
      '<p><a href="https://x.example">https://x.example</a>]</p>',
      "\n\nhttps://x.example]",
    ],
    [
      "https://x.example;",
      '<p><a href="https://x.example;">https://x.example;</a></p>',
      "\n\nhttps://x.example;",
    ],
    [
      "https://x.example!",
      '<p><a href="https://x.example%21">https://x.example!</a></p>',
      "\n\nhttps://x.example!",
    ],
    [
      "https://x.example?",
      '<p><a href="https://x.example?">https://x.example?</a></p>',
      "\n\nhttps://x.example?",
    ],
    [
      "https://x.example...",
      '<p><a href="https://x.example">https://x.example</a>...</p>',
      "\n\nhttps://x.example...",
    ],
    [
      "https://x.example/a_(b)",
      '<p><a href="https://x.example/a_%28b">https://x.example/a_(b</a>)</p>',
      "\n\nhttps://x.example/a_(b)",
    ],
    [
      "https://x.example/a_(b)c",
      '<p><a href="https://x.example/a_%28b%29c">https://x.example/a_(b)c</a></p>',
      "\n\nhttps://x.example/a_(b)c",
    ],
    [
      "<https://x.example>",
      '<p>&lt;<a href="https://x.example&gt;">https://x.example&gt;</a></p>',
      "\n\nhttps://x.example",
    ],
    [
      "https://x.example<b",
      '<p><a href="https://x.example&lt;b">https://x.example&lt;b</a></p>',
      "\n\nhttps://x.example&lt;b",
    ],
    [
      "https://x.example/é",
      '<p><a href="https://x.example/%C3%A9">https://x.example/é</a></p>',
      "\n\nhttps://x.example/é",
    ],
    [
      "https://x.example/a*b*c",
      '<p><a href="https://x.example/a%2Ab%2Ac">https://x.example/a*b*c</a></p>',
      "\n\nhttps://x.example/a*b*c",
    ],
    [
      "https://x.example https://y.example",
      '<p><a href="https://x.example">https://x.example</a> <a href="https://y.example">https://y.example</a></p>',
      "\n\nhttps://x.example https://y.example",
    ],
    [
      "https://x.example\nhttps://y.example",
      '<p><a href="https://x.example">https://x.example</a><br><a href="https://y.example">https://y.example</a></p>',
      "\n\nhttps://x.example\nhttps://y.example",
    ],
    [
      "* https://x.example",
      '<ul><li><a href="https://x.example">https://x.example</a></li></ul>',
      "\n\n• https://x.example",
    ],
    [
      "# https://x.example",
      '<h2><a href="https://x.example">https://x.example</a></h2>',
      "\n\n\nhttps://x.example\n{equals}",
    ],
  ])("%j", renders);
});

describe("raw HTML", () => {
  test.each([
    ["<b>a</b>", "<p>&lt;b&gt;a&lt;/b&gt;</p>", "\n\n<b>a</b>"],
    [
      "<div>\n\n* a\n\n</div>",
      "<p>&lt;div&gt;</p><ul><li>a</li></ul><p>&lt;/div&gt;</p>",
      "<div>\n\n* a\n\n</div>",
    ],
    ["<!-- a -->", "<p>&lt;!-- a --&gt;</p>", "<!-- a -->"],
    ["a <br> b", "<p>a &lt;br&gt; b</p>", "\n\na <br> b"],
    ["<script>x</script>\n\ny", "<p>&lt;script&gt;x&lt;/script&gt;</p><p>y</p>", "<script>x</script>\n\ny"],
    ['<a href="u">w</a>', '<p>&lt;a href="u"&gt;w&lt;/a&gt;</p>', '\n\n<a href="u">w</a>'],
    ["<b", "<p>&lt;b</p>", "\n\n&lt;b"],
    ["a < b > c", "<p>a &lt; b &gt; c</p>", "\n\na &lt; b &gt; c"],
    ["&lt;b&gt; &amp; &copy; &nbsp;", "<p>&lt;b&gt; &amp; © &nbsp;</p>", "\n\n&lt;b&gt; &amp; &copy; &nbsp;"],
    ["& &x &x; &#60;", "<p>&amp; &amp;x &amp;x; &lt;</p>", "\n\n&amp; &amp;x &x; &#60;"],
  ])("%j", renders);
});

import { isSpace, whitespaceClass } from "./whitespace.ts";

const escapeEntities: readonly (readonly [string, string])[] = [
  ["\\\\", "&#92;"],
  ['\\"', "&#34;"],
  ["\\'", "&#39;"],
  ["\\.", "&#46;"],
  ["\\-", "&#45;"],
  ["\\`", "&#96;"],
];

// Python's \w, \s and \d, which are wider than JavaScript's. "Close" is what may stand before a closing quote.
const word = "[\\p{L}\\p{N}_]";
const space = `[${whitespaceClass}]`;
const close = "[^ \\t\\r\\n\\[{(\\-]";
const loneS = `s(?!${word})`;
const beforeOpening = `(${space}|&nbsp;|--|&[mn]dash;|&#8211;|&#8212;|&#x201[34];)`;

const semicolon = 0x3b;
const hyphen = 0x2d;
const wordPattern = new RegExp(`^${word}`, "u");
const endForOpening = /(?:&nbsp;|--|&[mn]dash;|&#8211;|&#8212;|&#x201[34];)$/;
const decadeHere = new RegExp(`${word}'\\p{Nd}{2}s`, "u");
/** A backslash, or quotes so near each other that one rule's match may take what another would need. */
const crowded = /['"][\s\S]{0,2}['"]|\\/;

const doubleThenSingle = new RegExp(`"'(?=${word})`, "gu");
const singleThenDouble = new RegExp(`'"(?=${word})`, "gu");
const decade = new RegExp(`(?<=${word})'(?=\\p{Nd}{2}s)`, "gu");
const openingSingle = new RegExp(`${beforeOpening}'(?=${word})`, "gu");
const closingSingle = new RegExp(`(${close})'(?!${space}|${loneS}|\\p{Nd})`, "gu");
const closingSingleBeforeSpace = new RegExp(`(${close})'(${space}|${loneS})`, "gu");
const openingDouble = new RegExp(`${beforeOpening}"(?=${word})`, "gu");
const doubleBeforeSpace = new RegExp(`"(?=${space})`, "gu");
const closingDouble = new RegExp(`(${close})"`, "gu");
const notSpace = new RegExp(`[^${whitespaceClass}]`);

const tagToSkip = /<(\/)?(a|pre|samp|code|tt|kbd|script|style|math)[\s>]/iy;

/** Curls quotes as Python's smartypants 2.0.2 does, outside tags, links and code. */
export function curlQuotes(text: string): string {
  if (!/['"\\]/.test(text)) return text;
  const skipped: string[] = [];
  let result = "";
  let copied = 0;
  let last = "";
  let quote = 0;
  for (let start = 0; start < text.length; ) {
    // Where the next whole tag begins and ends; the text's end when there is none.
    const open = text.indexOf("<", start);
    const close = open === -1 ? -1 : text.indexOf(">", open);
    const tagStart = close === -1 ? text.length : open;
    if (quote < start) quote = nextQuote(text, start);
    if (quote < tagStart && skipped.length === 0) {
      const run = text.slice(start, tagStart);
      const curled = curlRun(run, last);
      if (curled !== run) {
        result += text.slice(copied, start) + curled;
        copied = tagStart;
      }
    }
    if (tagStart > start) last = text.charAt(tagStart - 1);
    if (close === -1) break;
    noteSkipped(skipped, text, tagStart);
    start = close + 1;
  }
  return result + text.slice(copied);
}

/** Where the next character stands that curling may change. */
function nextQuote(text: string, start: number): number {
  for (let at = start; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === 0x22 || unit === 0x27 || unit === 0x5c) return at;
  }
  return text.length;
}

/** Keeps count of the elements whose quotes are left alone. */
function noteSkipped(skipped: string[], text: string, tagStart: number): void {
  tagToSkip.lastIndex = tagStart;
  const match = tagToSkip.exec(text);
  const name = match?.[2]?.toLowerCase();
  if (name === undefined) return;
  if (match?.[1] === undefined) skipped.push(name);
  else if (skipped.at(-1) === name) skipped.pop();
}

/** Curls the text between two tags; `last` is the character that ended the text before. */
function curlRun(run: string, last: string): string {
  const isAfterText = notSpace.test(last);
  if (run === "'") return isAfterText ? "’" : "‘";
  if (run === '"') return isAfterText ? "”" : "“";
  if (!crowded.test(run)) return run.replace(/['"]/g, curlLone);
  return curlDouble(curlSingle(writeEscapes(run)));
}

/** What a quote becomes that no other stands near: then only its neighbours decide, and each rule is asked once. */
function curlLone(quote: string, at: number, run: string): string {
  const next = at + 1 < run.length ? String.fromCodePoint(run.codePointAt(at + 1) ?? 0) : "";
  return quote === "'" ? curlLoneSingle(run, at, next) : curlLoneDouble(run, at, next);
}

function curlLoneSingle(run: string, at: number, next: string): string {
  const before = run[at - 1];
  if (isDigit(next) && decadeHere.test(run.slice(Math.max(0, at - 2), at + 6))) return "’";
  if (before === undefined || (isWord(next) && endsForOpening(run, at))) return "‘";
  if (!mayCloseAfter(before)) return "‘";
  return isDigit(next) ? "‘" : "’";
}

function curlLoneDouble(run: string, at: number, next: string): string {
  const before = run[at - 1];
  if (isWord(next) && endsForOpening(run, at)) return "“";
  if (next !== "" && isSpace(next.charCodeAt(0))) return "”";
  return before !== undefined && mayCloseAfter(before) ? "”" : "“";
}

function mayCloseAfter(before: string): boolean {
  return !" \t\r\n[{(-".includes(before);
}

/** Whether what stands before a quote makes it an opening one, if a word follows. */
function endsForOpening(run: string, at: number): boolean {
  const before = run.charCodeAt(at - 1);
  if (isSpace(before)) return true;
  if (before !== semicolon && before !== hyphen) return false;
  return endForOpening.test(run.slice(Math.max(0, at - 8), at));
}

function isWord(character: string): boolean {
  const unit = character.charCodeAt(0);
  return (unit >= 0x61 && unit <= 0x7a) || wordPattern.test(character);
}

function isDigit(character: string): boolean {
  const unit = character.charCodeAt(0);
  return unit < 0x80 ? unit >= 0x30 && unit <= 0x39 : /^\p{Nd}/u.test(character);
}

function writeEscapes(run: string): string {
  if (!run.includes("\\")) return run;
  return escapeEntities.reduce((text, [escaped, entity]) => text.replaceAll(escaped, entity), run);
}

function curlSingle(run: string): string {
  if (!run.includes("'")) return run;
  return run
    .replace(doubleThenSingle, "“‘")
    .replace(singleThenDouble, "‘“")
    .replace(decade, "’")
    .replace(openingSingle, "$1‘")
    .replace(closingSingle, "$1’")
    .replace(closingSingleBeforeSpace, "$1’$2")
    .replaceAll("'", "‘");
}

function curlDouble(run: string): string {
  if (!run.includes('"')) return run;
  return run
    .replace(openingDouble, "$1“")
    .replace(doubleBeforeSpace, "”")
    .replace(closingDouble, "$1”")
    .replaceAll('"', "“");
}

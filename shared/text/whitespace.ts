/**
 * Whitespace as notifications-utils sees it (`formatters.py`, `spec/templates.md` 2.1): what Python's
 * `str.split()` splits at, which is not what JavaScript's `\s` matches, and the characters that hide.
 */

/** For use inside a character class: everything Python calls whitespace. */
export const whitespaceClass =
  "\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

const zeroWidth = /[\u180e\u200b-\u200d\u2060\ufeff\u2028\u2029]/g;
const fullWidth = /[\u00a0\u202f]/g;
const hidden = /[\u180e\u200b-\u200d\u2060\ufeff\u2028\u2029\u00a0\u202f]/g;
const lineEnd = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/;
const oneSpace = new RegExp(`[${whitespaceClass}]`);
// Single spaces are left alone: most are, and each replacing costs.
const unevenSpace = new RegExp(`[${whitespaceClass}]{2,}|(?! )[${whitespaceClass}]`, "g");
const outerAsciiSpace = /^[ \t-\r]+|(?<![ \t-\r])[ \t-\r]+$/g;

/** Nothing to normalise in a line: no run of spaces, none at the ends, no character but printable ASCII and £. */
const plainLine = /^(?:[!-~£]+(?: [!-~£]+)*)?$/;
/** Any character that `normaliseLines` treats otherwise than LF and a single inner space. */
const notPlain = /[^\n -~£]| {2}| \n|\n /;

/** Whether Python calls a UTF-16 unit whitespace. */
export function isSpace(unit: number): boolean {
  if (unit < 0x80) return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d) || (unit >= 0x1c && unit <= 0x1f);
  return oneSpace.test(String.fromCharCode(unit));
}

/** Python's `str.strip()`. */
export function trimSpace(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return trimLeadingSpace(text.slice(0, end));
}

/** Python's `str.lstrip()`. */
export function trimLeadingSpace(text: string): string {
  let start = 0;
  while (start < text.length && isSpace(text.charCodeAt(start))) start += 1;
  return text.slice(start);
}

/** Every run of whitespace as one space. */
export function joinSpace(text: string): string {
  return text.replace(unevenSpace, " ");
}

/** One line: every run of whitespace one space, none at the ends, zero-width characters gone. */
export function normaliseSpace(text: string): string {
  if (plainLine.test(text)) return text;
  return trimSpace(joinSpace(text.replace(fullWidth, " ").replace(zeroWidth, "")));
}

/** Each line with `normaliseSpace`, joined with LF. A last line end makes no line, as in Python's `splitlines`. */
export function normaliseLines(text: string): string {
  if (!notPlain.test(text) && !text.startsWith(" ") && !text.endsWith(" ")) {
    return text.endsWith("\n") ? text.slice(0, -1) : text;
  }
  const lines = text.split(lineEnd);
  if (lines.at(-1) === "") lines.pop();
  return lines.map(normaliseSpace).join("\n");
}

/** Three or more LF become two. */
export function capNewlines(text: string): string {
  return text.includes("\n\n\n") ? text.replace(/\n{3,}/g, "\n\n") : text;
}

/** Zero-width and no-break spaces gone everywhere, ASCII whitespace at the ends. */
export function stripObscure(text: string): string {
  return text.replace(hidden, "").replace(outerAsciiSpace, "");
}

const spacedPunctuation = /[ \t][,.]/g;

/** No spaces or tabs directly before a comma or full stop. */
export function tightPunctuation(text: string): string {
  let result = "";
  let copied = 0;
  spacedPunctuation.lastIndex = 0;
  for (let match = spacedPunctuation.exec(text); match !== null; match = spacedPunctuation.exec(text)) {
    let start = match.index;
    while (start > copied && (text[start - 1] === " " || text[start - 1] === "\t")) start -= 1;
    result += text.slice(copied, start);
    copied = match.index + 1;
  }
  return copied === 0 ? text : result + text.slice(copied);
}

const standaloneGovuk = new RegExp(`(^|[${whitespaceClass}])([#*^]?gov)\\.(uk)(?![/?#])`, "gi");

/** Puts a zero-width space into a GOV.UK that stands alone, so that email clients do not make it a link. */
export function unlinkGovuk(text: string): string {
  if (!/gov\.uk/i.test(text)) return text;
  return text.replace(standaloneGovuk, "$1$2.\u200b$3");
}

/** Without the characters Notify's email providers refuse. */
export function stripUnsupported(text: string): string {
  return text.replace(/[\u2028\u3164]/g, "");
}

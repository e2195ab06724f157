import { type Json, JsonFloat } from "./json.ts";

/** Python's `str()`: strings as they are, everything else as `repr()`. */
export function pythonText(value: Json): string {
  return typeof value === "string" ? value : pythonRepr(value);
}

/** Python's `repr()` of a value that `json.loads` made. */
export function pythonRepr(value: Json): string {
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "string") return reprOfString(value);
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (value instanceof JsonFloat) return pythonFloat(value.value);
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(", ")}]`;
  const entries = Object.entries(value).map(([key, item]) => `${reprOfString(key)}: ${pythonRepr(item)}`);
  return `{${entries.join(", ")}}`;
}

/** `repr()` of a float: the shortest digits that read back, with an exponent below 1e-4 and from 1e16. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (value === Number.POSITIVE_INFINITY) return "inf";
  if (value === Number.NEGATIVE_INFINITY) return "-inf";
  if (Object.is(value, -0)) return "-0.0";
  if (value === 0) return "0.0";
  const size = Math.abs(value);
  // JavaScript itself writes exponents below 1e-6 and from 1e21 only, and always its shortest digits.
  if (size >= 1e16 || size < 1e-4) return withExponent(value);
  const text = String(value);
  return Number.isInteger(value) ? `${text}.0` : text;
}

/** `1e+16`, `1.5e-07`: at least two digits in the exponent. */
function withExponent(value: number): string {
  const [digits, exponent = ""] = value.toExponential().split("e");
  return `${digits}e${exponent.charAt(0)}${exponent.slice(1).padStart(2, "0")}`;
}

/** Everything `str.isprintable` is false for, and what the quoting itself needs. */
const needsEscape = /[\\\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;
const escapable = new RegExp(needsEscape, "gu");

function reprOfString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = needsEscape.test(text) ? text.replace(escapable, escapeCharacter) : text;
  return quote === "'" ? `'${escaped.replaceAll("'", "\\'")}'` : `"${escaped}"`;
}

function escapeCharacter(character: string): string {
  switch (character) {
    case "\\":
      return "\\\\";
    case "\n":
      return "\\n";
    case "\r":
      return "\\r";
    case "\t":
      return "\\t";
  }
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

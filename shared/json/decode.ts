import { JsonError } from "./json-error.ts";

/** Fatal, so that a broken body is refused instead of stored with replacement characters. The BOM is dropped. */
const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * The text of a JSON document in UTF-8, UTF-16 or UTF-32, with or without a byte order mark: the rule of
 * Python's `json.detect_encoding`, which looks at where the first zero bytes stand.
 */
export function decodeJsonBytes(bytes: Uint8Array): string {
  try {
    const encoding = encodingOf(bytes);
    if (encoding === "utf-8") return utf8.decode(bytes);
    if (encoding === "utf-32le") return decodeUtf32(bytes, true);
    if (encoding === "utf-32be") return decodeUtf32(bytes, false);
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    throw new JsonError(`Cannot decode JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "utf-32le" | "utf-32be";

function encodingOf(bytes: Uint8Array): Encoding {
  const [a, b, c, d] = bytes;
  // Nearly every body begins with two ASCII characters.
  if (a !== undefined && a > 0 && a < 0x80 && b !== undefined && b > 0 && b < 0x80) return "utf-8";
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return "utf-32be";
  if (a === 0xff && b === 0xfe && c === 0 && d === 0) return "utf-32le";
  if (a === 0xfe && b === 0xff) return "utf-16be";
  if (a === 0xff && b === 0xfe) return "utf-16le";
  if (bytes.length >= 4) {
    if (a === 0) return b === 0 ? "utf-32be" : "utf-16be";
    if (b === 0) return c === 0 && d === 0 ? "utf-32le" : "utf-16le";
  } else if (bytes.length === 2) {
    if (a === 0) return "utf-16be";
    if (b === 0) return "utf-16le";
  }
  return "utf-8";
}

/** `TextDecoder` knows no UTF-32. Throws a RangeError for what is no code point. */
function decodeUtf32(bytes: Uint8Array, littleEndian: boolean): string {
  if (bytes.length % 4 !== 0) throw new RangeError("truncated UTF-32");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const characters: string[] = [];
  for (let at = 0; at < bytes.length; at += 4) {
    const codePoint = view.getUint32(at, littleEndian);
    if (at > 0 || codePoint !== 0xfeff) characters.push(String.fromCodePoint(codePoint));
  }
  return characters.join("");
}

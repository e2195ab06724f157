import { UnreadableFile, unreadable } from "./csv.ts";

type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

/**
 * The text of an uploaded file: UTF-8, UTF-16 in either order, or Windows-1252, with a byte order mark or without.
 * Throws `UnreadableFile` for what is no text.
 */
export function decodeFile(bytes: Uint8Array<ArrayBuffer>): string {
  const encoding = encodingOf(bytes);
  const text = tryDecode(bytes, encoding) ?? (encoding === "utf-8" ? tryDecode(bytes, "windows-1252") : null);
  if (text === null || text.includes("\0") || hasUnknown(text)) throw new UnreadableFile(unreadable);
  return text;
}

/** By its byte order mark, or by where its zero bytes are: a header has some ASCII, of which UTF-16 leaves one half zero. */
function encodingOf(bytes: Uint8Array): Encoding {
  const [first = -1, second = -1] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  if (bytes.length % 2 !== 0) return "utf-8";
  const zeros: [number, number] = [0, 0];
  const looked = Math.min(bytes.length, 1000);
  for (let at = 0; at < looked; at += 1) if (bytes[at] === 0) zeros[at % 2 === 0 ? 0 : 1] += 1;
  const half = looked / 2;
  if (zeros[0] === 0 && zeros[1] > half / 2) return "utf-16le";
  if (zeros[1] === 0 && zeros[0] > half / 2) return "utf-16be";
  return "utf-8";
}

function tryDecode(bytes: Uint8Array<ArrayBuffer>, encoding: Encoding): string | null {
  if (encoding === "windows-1252" && hasControls(bytes)) return null;
  // Not every runtime has the decoder for it.
  if (encoding === "utf-16be") return tryDecode(swapped(bytes), "utf-16le");
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

function swapped(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const result = bytes.slice();
  for (let at = 0; at + 1 < result.length; at += 2) {
    result[at] = bytes[at + 1] ?? 0;
    result[at + 1] = bytes[at] ?? 0;
  }
  return result;
}

/** Any bytes are Windows-1252; what a file of text has none of says that it is something else. */
function hasControls(bytes: Uint8Array): boolean {
  return bytes.some(
    (byte) =>
      (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) ||
      byte === 0x81 ||
      byte === 0x8d ||
      byte === 0x8f ||
      byte === 0x90 ||
      byte === 0x9d,
  );
}

/** What is never a character: UTF-16 read in the wrong order is full of it. */
function hasUnknown(text: string): boolean {
  return /[\ufffe\uffff]/.test(text);
}

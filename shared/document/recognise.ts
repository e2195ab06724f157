import { typeOfBinary } from "./binary-types.ts";

/** What a file is by its content, as a MIME type; never to be trusted when it is shown. */
export function recogniseType(bytes: Uint8Array): string {
  const start = latin1.decode(bytes.subarray(0, startBytes));
  for (const [mimeType, pattern] of signatures) if (pattern.test(start)) return mimeType;
  if (isText(bytes)) return typeOfText(bytes, start);
  return typeOfBinary(bytes);
}

/** True for what `file` calls text: no control characters but those that lay text out, or UTF-16 that says so. */
export function isText(bytes: Uint8Array): boolean {
  if (isUtf16(bytes)) return true;
  return bytes.every((byte) => (byte > 31 ? byte !== 127 : (byte >= 7 && byte <= 13) || byte === 27));
}

const startBytes = 4096;
const latin1 = new TextDecoder("latin1");

/** Whatever follows, text or not. */
const signatures: readonly [string, RegExp][] = [
  ["application/pdf", /^(?:\xef\xbb\xbf)?\s*%PDF-/],
  ["application/rtf", /^\{\\rtf/],
];

/** Text that a machine would act on is none to be read. */
const languages: readonly [string, RegExp][] = [
  [
    "text/html",
    /^(?:<!--[\s\S]*?-->\s*)*<(?:!doctype html|html|head|title|body|script|style|iframe|object|embed|form|meta|link|img|table|div|span|p|h[1-6]|a)[\s/>]/i,
  ],
  ["image/svg+xml", /^(?:<[?!][^>]*>\s*)*<svg[\s>]/i],
  ["text/x-php", /^<\?(?:php\b|=)/i],
  ["text/xml", /^<\?xml\s/i],
  ["text/x-shellscript", /^#!/],
  ["application/postscript", /^%!PS/],
  ["text/calendar", /^BEGIN:VCALENDAR/i],
  ["text/vcard", /^BEGIN:VCARD/i],
];

function typeOfText(bytes: Uint8Array, start: string): string {
  const text = isUtf16(bytes) ? new TextDecoder(utf16Of(bytes)).decode(bytes.subarray(0, startBytes)) : start;
  const trimmed = text.replace(/^(?:\xef\xbb\xbf|\ufeff)/, "").trimStart();
  for (const [mimeType, pattern] of languages) if (pattern.test(trimmed)) return mimeType;
  return /^[[{]/.test(trimmed) && isJson(bytes) ? "application/json" : "text/plain";
}

function isUtf16(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  if (
    bytes.length % 2 === 1 ||
    !((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
  ) {
    return false;
  }
  try {
    return !new TextDecoder(utf16Of(bytes), { fatal: true }).decode(bytes).includes("\0");
  } catch {
    return false;
  }
}

function utf16Of([first]: Uint8Array): "utf-16le" | "utf-16be" {
  return first === 0xff ? "utf-16le" : "utf-16be";
}

function isJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return true;
  } catch {
    return false;
  }
}

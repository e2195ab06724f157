/**
 * Base64 as Python's `b64decode` reads it when not told to validate: characters outside the alphabet are skipped, that of
 * base64url's among them, and nothing is read after complete padding. Null where padding is missing, or a character is
 * not ASCII.
 */
export function decodeLenientBase64(text: string): Uint8Array<ArrayBuffer> | null {
  const bytes = new Uint8Array(Math.ceil(text.length / 4) * 3);
  let size = 0;
  // Of the four characters that make three bytes: how many there were, and their bits.
  let place = 0;
  let bits = 0;
  let padding = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 127) return null;
    if (code === equalsSign) {
      padding++;
      if (place < 2 || place + padding < 4) continue;
      return isAscii(text, at) ? bytes.subarray(0, size) : null;
    }
    const value = values[code] ?? skipped;
    if (value === skipped) continue;
    padding = 0;
    bits = (bits << 6) | value;
    if (place > 0) bytes[size++] = (bits >> (6 - 2 * place)) & 255;
    place = (place + 1) % 4;
    if (place === 0) bits = 0;
  }
  return place === 0 ? bytes.subarray(0, size) : null;
}

function isAscii(text: string, from: number): boolean {
  for (let at = from; at < text.length; at++) if (text.charCodeAt(at) > 127) return false;
  return true;
}

const equalsSign = 61;
const skipped = 255;
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const values = new Uint8Array(128).fill(skipped);
for (let at = 0; at < alphabet.length; at++) values[alphabet.charCodeAt(at)] = at;

import { crc32, deflateSync } from "node:zlib";
import type { Picture } from "./picture.ts";

/**
 * A picture as a PNG (W3C, third edition) in the smallest form it fits without loss: 256 greys, 256 colours, or
 * red, green and blue.
 */
export function writePng({ width, height, pixels }: Picture): Uint8Array<ArrayBuffer> {
  const { type, palette, data } = formOf(
    new Uint32Array(pixels.buffer, pixels.byteOffset, width * height),
    width,
  );
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, type, 0, 0, 0], 8);
  const colours = palette ? [chunk("PLTE", palette)] : [];
  return joined([
    signature,
    chunk("IHDR", header),
    ...colours,
    chunk("IDAT", data),
    chunk("IEND", new Uint8Array()),
  ]);
}

interface Form {
  /** The standard's number. */
  type: number;
  palette: Uint8Array | null;
  data: Uint8Array;
}

function formOf(words: Uint32Array, width: number): Form {
  const colours = coloursOf(words);
  if (colours === null) {
    const data = smaller(packed(plainRows(words, width)), packed(rowsByDifference(words, width)));
    return { type: 2, palette: null, data };
  }
  const all = [...colours.keys()];
  if (all.every(isGrey))
    return { type: 0, palette: null, data: packed(rowsOf(words, width, (word) => word & 0xff)) };
  const palette = Uint8Array.from(all.flatMap((word) => [word >> 16, (word >> 8) & 0xff, word & 0xff]));
  return { type: 3, palette, data: packed(rowsOf(words, width, (word) => colours.get(word) ?? 0)) };
}

const signature = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const colour = 0xffffff;

/** Each colour's number in order of appearance; null for more than 256. */
function coloursOf(words: Uint32Array): Map<number, number> | null {
  const colours = new Map<number, number>();
  let last = -1;
  for (const word of words) {
    const own = word & colour;
    if (own === last) continue;
    last = own;
    if (colours.has(own)) continue;
    if (colours.size === 256) return null;
    colours.set(own, colours.size);
  }
  return colours;
}

function isGrey(word: number): boolean {
  return (word & 0xff) === ((word >> 8) & 0xff) && (word & 0xff) === word >> 16;
}

/** A byte for each dot, by its colour; each row begins with its filter, none. */
function rowsOf(words: Uint32Array, width: number, byteOf: (word: number) => number): Uint8Array {
  const rows = new Uint8Array(words.length + words.length / width);
  let to = 0;
  for (let from = 0; from < words.length; from += width) {
    to += 1;
    for (let at = from; at < from + width; at += 1) {
      rows[to] = byteOf((words[at] ?? 0) & colour);
      to += 1;
    }
  }
  return rows;
}

/** Three bytes for each dot: best for drawings. */
function plainRows(words: Uint32Array, width: number): Uint8Array {
  const rows = new Uint8Array(words.length * 3 + words.length / width);
  let to = 0;
  for (const [at, word] of words.entries()) {
    if (at % width === 0) to += 1;
    rows[to] = word >> 16;
    rows[to + 1] = word >> 8;
    rows[to + 2] = word;
    to += 3;
  }
  return rows;
}

/** The same as the difference from the dot above: best for photographs. */
function rowsByDifference(words: Uint32Array, width: number): Uint8Array {
  const rows = plainRows(words, width);
  const rowBytes = width * 3 + 1;
  // From the end, so that what a row differs from is still there.
  for (let at = rows.length - 1; at >= rowBytes; at -= 1)
    rows[at] = (rows[at] ?? 0) - (rows[at - rowBytes] ?? 0);
  for (let at = 0; at < rows.length; at += rowBytes) rows[at] = filterUp;
  return rows;
}

const filterUp = 2;

function packed(rows: Uint8Array): Uint8Array {
  return deflateSync(rows, { level: 6 });
}

function smaller(one: Uint8Array, other: Uint8Array): Uint8Array {
  return one.length <= other.length ? one : other;
}

function chunk(name: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(name), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

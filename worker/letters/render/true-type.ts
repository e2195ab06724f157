/** A TrueType file, as far as cutting glyphs out of it takes. */
export interface TrueType {
  /** By tag. */
  tables: ReadonlyMap<string, Uint8Array>;
  glyphs: GlyphTables;
}

interface GlyphTables {
  /** A glyph's drawing; empty where there is nothing to see. */
  outline(glyph: number): Uint8Array;
  /** Its advance and left side bearing, as stored. */
  metrics(glyph: number): { advance: number; bearing: number };
}

/** Where `head` says how `loca` is written, `maxp` how many glyphs there are, and `hhea` how many widths. */
const locaFormatAt = 50;
const glyphCountAt = 4;
const metricCountAt = 34;

/** What glyphs' instructions use, where a font has any. */
const instructions = ["cvt ", "fpgm", "prep"];

export function readTrueType(file: Uint8Array): TrueType {
  const view = viewOf(file);
  const tables = new Map<string, Uint8Array>();
  for (let at = 12; at < 12 + 16 * view.getUint16(4); at += 16) {
    const tag = String.fromCharCode(...file.subarray(at, at + 4));
    const start = view.getUint32(at + 8);
    tables.set(tag, file.subarray(start, start + view.getUint32(at + 12)));
  }
  const table = (tag: string) => tableOf(tables, tag);
  const isLong = viewOf(table("head")).getUint16(locaFormatAt) === 1;
  const metricCount = viewOf(table("hhea")).getUint16(metricCountAt);
  const [loca, hmtx, glyf] = [viewOf(table("loca")), viewOf(table("hmtx")), table("glyf")];
  const offset = (glyph: number) => (isLong ? loca.getUint32(glyph * 4) : loca.getUint16(glyph * 2) * 2);
  return {
    tables,
    glyphs: {
      outline: (glyph) => glyf.subarray(offset(glyph), offset(glyph + 1)),
      // The last width goes for all after it.
      metrics: (glyph) => ({
        advance: hmtx.getUint16(Math.min(glyph, metricCount - 1) * 4),
        bearing:
          glyph < metricCount
            ? hmtx.getInt16(glyph * 4 + 2)
            : hmtx.getInt16(metricCount * 4 + (glyph - metricCount) * 2),
      }),
    },
  };
}

function tableOf(tables: TrueType["tables"], tag: string): Uint8Array {
  const found = tables.get(tag);
  if (found === undefined) throw new Error(`Cannot read a font: it has no table "${tag}"`);
  return found;
}

/**
 * A font file of these glyphs alone, numbered in their order, as PDF embeds it. What they are put together from follows
 * them. (fontkit's own subsets of Arimo lose glyphs: it writes odd offsets halved.)
 */
export function subsetTrueType(font: TrueType, glyphs: readonly number[]): Uint8Array<ArrayBuffer> {
  const numbers = new Map(glyphs.map((glyph, number) => [glyph, number]));
  const outlines: Uint8Array[] = [];
  // Grows as it goes: a part may have parts.
  for (const glyph of numbers.keys()) outlines.push(renumbered(font.glyphs.outline(glyph), numbers));

  const loca = new DataView(new ArrayBuffer((numbers.size + 1) * 4));
  const hmtx = new DataView(new ArrayBuffer(numbers.size * 4));
  let end = 0;
  for (const [glyph, number] of numbers) {
    const { advance, bearing } = font.glyphs.metrics(glyph);
    hmtx.setUint16(number * 4, advance);
    hmtx.setInt16(number * 4 + 2, bearing);
    end += padded(outlines[number]?.length ?? 0);
    loca.setUint32((number + 1) * 4, end);
  }
  const glyf = new Uint8Array(end);
  for (const [number, outline] of outlines.entries()) glyf.set(outline, loca.getUint32(number * 4));

  const table = (tag: string) => tableOf(font.tables, tag);
  return fileOf([
    ...instructions.flatMap((tag): [string, Uint8Array][] => {
      const content = font.tables.get(tag);
      return content ? [[tag, content]] : [];
    }),
    ["glyf", glyf],
    ["head", withUint16(table("head"), locaFormatAt, 1)],
    ["hhea", withUint16(table("hhea"), metricCountAt, numbers.size)],
    ["hmtx", new Uint8Array(hmtx.buffer)],
    ["loca", new Uint8Array(loca.buffer)],
    ["maxp", withUint16(table("maxp"), glyphCountAt, numbers.size)],
  ]);
}

/** A glyph that is put together from others, with their new numbers; those not yet there get the next ones. */
function renumbered(outline: Uint8Array, numbers: Map<number, number>): Uint8Array {
  if (outline.length === 0 || viewOf(outline).getInt16(0) >= 0) return outline;
  const copy = new Uint8Array(outline);
  const view = viewOf(copy);
  const [wordArguments, scale, more, twoScales, matrix] = [0x1, 0x8, 0x20, 0x40, 0x80];
  let at = 10;
  for (let flags = more; flags & more; ) {
    flags = view.getUint16(at);
    const part = view.getUint16(at + 2);
    const number = numbers.get(part) ?? numbers.size;
    numbers.set(part, number);
    view.setUint16(at + 2, number);
    at += 4 + (flags & wordArguments ? 4 : 2);
    at += flags & scale ? 2 : flags & twoScales ? 4 : flags & matrix ? 8 : 0;
  }
  return copy;
}

function fileOf(tables: readonly [tag: string, content: Uint8Array][]): Uint8Array<ArrayBuffer> {
  const start = 12 + 16 * tables.length;
  const file = new Uint8Array(tables.reduce((size, [, content]) => size + padded(content.length), start));
  const view = viewOf(file);
  const power = Math.floor(Math.log2(tables.length));
  view.setUint32(0, 0x00010000);
  view.setUint16(4, tables.length);
  view.setUint16(6, 2 ** power * 16);
  view.setUint16(8, power);
  view.setUint16(10, tables.length * 16 - 2 ** power * 16);
  let at = start;
  for (const [index, [tag, content]] of tables.entries()) {
    file.set(content, at);
    const record = 12 + 16 * index;
    for (const [letter, character] of [...tag].entries())
      view.setUint8(record + letter, character.charCodeAt(0));
    view.setUint32(record + 4, sum(view, at, padded(content.length)));
    view.setUint32(record + 8, at);
    view.setUint32(record + 12, content.length);
    at += padded(content.length);
  }
  return file;
}

function sum(view: DataView, start: number, length: number): number {
  let total = 0;
  for (let at = start; at < start + length; at += 4) total = (total + view.getUint32(at)) >>> 0;
  return total;
}

function withUint16(table: Uint8Array, at: number, value: number): Uint8Array {
  const copy = new Uint8Array(table);
  viewOf(copy).setUint16(at, value);
  return copy;
}

function padded(length: number): number {
  return (length + 3) & ~3;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

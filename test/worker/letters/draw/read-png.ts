import { inflateSync } from "node:zlib";

export interface ReadPng {
  width: number;
  height: number;
  /** Of the file. */
  bytes: number;
  /** `ffffff` where there is nothing, at a place in millimetres from the top left of an A4 page. */
  colourAt(x: number, y: number): string;
  /** How many dots are not white within a place. */
  inkIn(place: { left: number; right: number; top: number; bottom: number }): number;
}

/** Reads a PNG of eight bits as the W3C's specification says, whose rows are filtered by `None` or `Up`. */
export function readPng(png: Uint8Array): ReadPng {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const chunks = new Map<string, Uint8Array>();
  for (let at = 8; at < png.length; ) {
    const length = view.getUint32(at);
    const name = new TextDecoder("latin1").decode(png.subarray(at + 4, at + 8));
    const data = png.subarray(at + 8, at + 8 + length);
    if (view.getUint32(at + 8 + length) !== Bun.hash.crc32(png.subarray(at + 4, at + 8 + length))) {
      throw new Error(`The checksum of ${name} is wrong`);
    }
    chunks.set(name, data);
    at += 12 + length;
  }
  const [width, height, type] = [view.getUint32(16), view.getUint32(20), png[25]];
  const each = type === 2 ? 3 : 1;
  const rows = inflateSync(chunks.get("IDAT") ?? new Uint8Array());
  if (rows.length !== height * (width * each + 1)) throw new Error("Its rows are not as long as it says");
  const stride = width * each + 1;
  for (let at = stride; at < rows.length; at += 1) {
    const isUp = rows[at - (at % stride)] === 2 && at % stride > 0;
    if (isUp) rows[at] = ((rows[at] ?? 0) + (rows[at - stride] ?? 0)) & 0xff;
  }
  const colours = chunks.get("PLTE") ?? new Uint8Array();
  const rgb = (column: number, row: number): number[] => {
    const at = row * stride + 1 + column * each;
    const one = rows[at] ?? 0;
    if (type === 0) return [one, one, one];
    return Array.from(type === 3 ? colours.subarray(one * 3, one * 3 + 3) : rows.subarray(at, at + 3));
  };
  const dots = (mm: number) => Math.round((mm / 210) * width);
  const hex = (parts: number[]) => parts.map((part) => part.toString(16).padStart(2, "0")).join("");
  return {
    width,
    height,
    bytes: png.length,
    colourAt: (x, y) => hex(rgb(dots(x), dots(y))),
    inkIn({ left, right, top, bottom }) {
      let ink = 0;
      for (let row = dots(top); row < dots(bottom); row += 1) {
        for (let column = dots(left); column < dots(right); column += 1) {
          if (rgb(column, row).some((part) => part !== 255)) ink += 1;
        }
      }
      return ink;
    },
  };
}

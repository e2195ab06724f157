/*
 * Baseline JPEG of four inks (ITU-T T.81), each at its full size, with the tables of its Annex K. Without a marker of
 * Adobe's, so that PDF takes the parts as they are: 255 is full ink.
 */

const quality = 80;
const parts = 4;

/** `inks`: four bytes a pixel, cyan, magenta, yellow, black. */
export function jpegOfInks(inks: Uint8Array, width: number, height: number): Uint8Array<ArrayBuffer> {
  const out = new Bytes();
  out.bytes(0xff, 0xd8);
  segment(out, 0xdb, [0, ...zigzag.map((at) => quantiser[at] ?? 1)]);
  const components = Array.from({ length: parts }, (_, index) => [index + 1, 0x11, 0]).flat();
  segment(out, 0xc0, [8, height >> 8, height & 255, width >> 8, width & 255, parts, ...components]);
  segment(out, 0xc4, [0x00, ...dcCounts, ...dcValues]);
  segment(out, 0xc4, [0x10, ...acCounts, ...acValues]);
  const scanned = Array.from({ length: parts }, (_, index) => [index + 1, 0x00]).flat();
  segment(out, 0xda, [parts, ...scanned, 0, 63, 0]);

  const block = new Float64Array(64);
  const levels = new Int32Array(64);
  const previous = new Int32Array(parts);
  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
      for (let part = 0; part < parts; part += 1) {
        for (let at = 0; at < 64; at += 1) {
          // Past an edge, the edge goes on.
          const row = Math.min(top + (at >> 3), height - 1);
          const column = Math.min(left + (at & 7), width - 1);
          block[at] = (inks[(row * width + column) * parts + part] ?? 0) - 128;
        }
        transform(block);
        for (let index = 0; index < 64; index += 1) {
          const at = zigzag[index] ?? 0;
          levels[index] = Math.round((block[at] ?? 0) / (quantiser[at] ?? 1));
        }
        encodeBlock(out, levels, previous[part] ?? 0);
        previous[part] = levels[0] ?? 0;
      }
    }
  }
  out.endBits();
  out.bytes(0xff, 0xd9);
  return out.written();
}

function segment(out: Bytes, marker: number, content: readonly number[]): void {
  const length = content.length + 2;
  out.bytes(0xff, marker, length >> 8, length & 255, ...content);
}

function encodeBlock(out: Bytes, levels: Int32Array, previousDc: number): void {
  const difference = (levels[0] ?? 0) - previousDc;
  const size = bitsOf(difference);
  out.code(dcCodes.get(size));
  out.signed(difference, size);
  let zeros = 0;
  for (let index = 1; index < 64; index += 1) {
    const level = levels[index] ?? 0;
    if (level === 0) {
      zeros += 1;
      continue;
    }
    for (; zeros > 15; zeros -= 16) out.code(acCodes.get(0xf0));
    const bits = bitsOf(level);
    out.code(acCodes.get(zeros * 16 + bits));
    out.signed(level, bits);
    zeros = 0;
  }
  if (zeros > 0) out.code(acCodes.get(0));
}

function bitsOf(value: number): number {
  return 32 - Math.clz32(Math.abs(value));
}

/** The cosine transform of rows, then of columns, in place. */
function transform(block: Float64Array): void {
  for (let line = 0; line < 8; line += 1) transformLine(block, line * 8, 1);
  for (let line = 0; line < 8; line += 1) transformLine(block, line, 8);
}

function transformLine(block: Float64Array, from: number, step: number): void {
  for (let index = 0; index < 8; index += 1) line[index] = block[from + index * step] ?? 0;
  for (let frequency = 0; frequency < 8; frequency += 1) {
    let sum = 0;
    for (let index = 0; index < 8; index += 1) {
      sum += (line[index] ?? 0) * (cosines[frequency * 8 + index] ?? 0);
    }
    block[from + frequency * step] = sum;
  }
}

/** What a line was before. */
const line = new Float64Array(8);
/** By frequency, then by place. */
const cosines = Float64Array.from({ length: 64 }, (_, at) => {
  const [frequency, index] = [at >> 3, at & 7];
  const scale = frequency === 0 ? Math.SQRT1_2 / 2 : 1 / 2;
  return scale * Math.cos(((2 * index + 1) * frequency * Math.PI) / 16);
});

class Bytes {
  #bytes = new Uint8Array(1 << 16);
  #length = 0;
  #waiting = 0;
  #waitingBits = 0;

  bytes(...values: readonly number[]): void {
    for (const value of values) this.#byte(value);
  }

  code(code: Code | undefined): void {
    if (code) this.#bits(code.bits, code.length);
  }

  /** Negative ones as T.81 F.1.2.1 has them. */
  signed(value: number, bits: number): void {
    if (bits > 0) this.#bits(value < 0 ? value + (1 << bits) - 1 : value, bits);
  }

  /** Fills the last byte with ones. */
  endBits(): void {
    if (this.#waitingBits > 0) this.#bits((1 << (8 - this.#waitingBits)) - 1, 8 - this.#waitingBits);
  }

  written(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #bits(bits: number, length: number): void {
    this.#waiting = (this.#waiting << length) | bits;
    this.#waitingBits += length;
    while (this.#waitingBits >= 8) {
      this.#waitingBits -= 8;
      const byte = (this.#waiting >> this.#waitingBits) & 255;
      this.#byte(byte);
      if (byte === 255) this.#byte(0);
    }
    this.#waiting &= (1 << this.#waitingBits) - 1;
  }

  #byte(value: number): void {
    if (this.#length === this.#bytes.length) {
      const longer = new Uint8Array(this.#length * 2);
      longer.set(this.#bytes);
      this.#bytes = longer;
    }
    this.#bytes[this.#length] = value;
    this.#length += 1;
  }
}

interface Code {
  bits: number;
  length: number;
}

/** By value. `counts`: how many codes there are of each length from 1. */
function codesOf(counts: readonly number[], values: readonly number[]): ReadonlyMap<number, Code> {
  const codes = new Map<number, Code>();
  let bits = 0;
  let next = 0;
  for (const [index, count] of counts.entries()) {
    for (const value of values.slice(next, next + count)) {
      codes.set(value, { bits, length: index + 1 });
      bits += 1;
    }
    next += count;
    bits *= 2;
  }
  return codes;
}

const dcCounts = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
const dcValues = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const acCounts = [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7d];
const acValues = Array.from(
  `01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a3435363738393a
   434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8
   a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa`
    .replace(/\s/g, "")
    .matchAll(/../g),
  ([hex]) => Number.parseInt(hex, 16),
);
const dcCodes = codesOf(dcCounts, dcValues);
const acCodes = codesOf(acCounts, acValues);

const zigzag = [
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46,
  53, 60, 61, 54, 47, 55, 62, 63,
];
const quantiser = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22,
  29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103,
  121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
].map((step) => Math.max(Math.round((step * (200 - 2 * quality)) / 100), 1));

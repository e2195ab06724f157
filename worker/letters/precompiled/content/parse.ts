import type { Operand, Operation } from "./content.ts";
import { operandsOf } from "./well-formed.ts";

/** A content stream that no honest program writes. */
export class ContentFault extends Error {}

const mostOperations = 1_000_000;
const deepestNesting = 32;

/**
 * Reads a content stream as viewers do: what cannot be part of it is passed over, and what was left open at its end,
 * or lacks something, is left out. Throws `ContentFault` past the limits.
 */
export function parseContent(bytes: Uint8Array): Operation[] {
  const operations: Operation[] = [];
  const reader = new Reader(bytes);
  let operands: Operand[] = [];
  for (let token = reader.next(); token !== null; token = reader.next()) {
    if (token.kind !== "operator") {
      operands.push(token);
      // Readers keep the last of too many.
      if (operands.length > 512) operands = operands.slice(-256);
      continue;
    }
    const { value: operator } = token;
    const taken = operandsOf(operator, operands);
    if (operator === "BI") operations.push(reader.inlineImage());
    else if (taken !== null) operations.push({ operator, operands: taken });
    operands = [];
    if (operations.length > mostOperations) throw new ContentFault("Too many operations");
  }
  return operations;
}

type Token = Operand | { kind: "operator"; value: string };

class Reader {
  #at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Null at the end. */
  next(depth = 0): Token | null {
    for (;;) {
      this.#skipSpace();
      const byte = this.#bytes[this.#at];
      if (byte === undefined) return null;
      switch (byte) {
        case 0x28:
          return { kind: "string", value: this.#string() };
        case 0x2f:
          this.#at += 1;
          return { kind: "name", value: this.#name() };
        case 0x5b:
          this.#at += 1;
          return { kind: "array", items: this.#until("]", depth) };
        case 0x3c:
          if (this.#bytes[this.#at + 1] !== 0x3c) return { kind: "string", value: this.#hexString() };
          this.#at += 2;
          return dictionaryOf(this.#until(">>", depth));
        case 0x5d:
        case 0x7b:
        case 0x7d:
          this.#at += 1;
          if (byte === 0x5d && depth > 0) return { kind: "operator", value: "]" };
          continue;
        case 0x3e:
          this.#at += this.#bytes[this.#at + 1] === 0x3e ? 2 : 1;
          if (depth > 0) return { kind: "operator", value: ">>" };
          continue;
        case 0x29:
          this.#at += 1;
          continue;
        default:
          return wordOf(this.#regular());
      }
    }
  }

  /** What stands until the bracket is closed, or the stream ends. */
  #until(end: string, depth: number): Operand[] {
    if (depth >= deepestNesting) throw new ContentFault("Nested too deeply");
    const items: Operand[] = [];
    for (let token = this.next(depth + 1); token !== null; token = this.next(depth + 1)) {
      if (token.kind !== "operator") items.push(token);
      else if (token.value === end) break;
    }
    return items;
  }

  /** After `BI`: the dictionary, then the bytes from `ID` to an `EI` that stands alone. */
  inlineImage(): Operation {
    const items: Operand[] = [];
    for (let token = this.next(); token !== null; token = this.next()) {
      if (token.kind !== "operator") items.push(token);
      else if (token.value === "ID") break;
    }
    this.#at += 1;
    const from = this.#at;
    const end = this.#endOfImage(from);
    this.#at = end + 3;
    return { operator: "BI", operands: [dictionaryOf(items)], data: this.#bytes.subarray(from, end) };
  }

  /** Where the space before `EI` is. In the data `EI` may stand too, but what follows is then no text. */
  #endOfImage(from: number): number {
    const bytes = this.#bytes;
    for (let at = from; at < bytes.length - 2; at += 1) {
      if (!isSpace(bytes[at]) || bytes[at + 1] !== 0x45 || bytes[at + 2] !== 0x49) continue;
      const after = bytes.subarray(at + 3, at + 13);
      if (after.length > 0 && !isSpace(after[0])) continue;
      if (after.every((byte) => isSpace(byte) || (byte >= 0x20 && byte < 0x7f))) return at;
    }
    return bytes.length;
  }

  #skipSpace(): void {
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte === 0x25) {
        while (this.#at < this.#bytes.length && !isLineEnd(this.#bytes[this.#at])) this.#at += 1;
      } else if (isSpace(byte)) {
        this.#at += 1;
      } else return;
    }
  }

  #regular(): string {
    const from = this.#at;
    while (isRegular(this.#bytes[this.#at])) this.#at += 1;
    // A byte that is neither: never stand still.
    if (this.#at === from) this.#at += 1;
    return latin1.decode(this.#bytes.subarray(from, this.#at));
  }

  #name(): string {
    const from = this.#at;
    while (isRegular(this.#bytes[this.#at])) this.#at += 1;
    const text = latin1.decode(this.#bytes.subarray(from, this.#at));
    return text.replace(/#([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }

  #hexString(): Uint8Array {
    this.#at += 1;
    const digits: number[] = [];
    for (; this.#at < this.#bytes.length; this.#at += 1) {
      const byte = this.#bytes[this.#at] ?? 0;
      if (byte === 0x3e) break;
      const digit = Number.parseInt(String.fromCharCode(byte), 16);
      if (!Number.isNaN(digit)) digits.push(digit);
    }
    this.#at += 1;
    const value = new Uint8Array(Math.ceil(digits.length / 2));
    for (const index of value.keys())
      value[index] = (digits[index * 2] ?? 0) * 16 + (digits[index * 2 + 1] ?? 0);
    return value;
  }

  #string(): Uint8Array {
    this.#at += 1;
    const value: number[] = [];
    for (let depth = 1; this.#at < this.#bytes.length; ) {
      const byte = this.#bytes[this.#at] ?? 0;
      this.#at += 1;
      if (byte === 0x5c) {
        this.#escaped(value);
        continue;
      }
      if (byte === 0x28) depth += 1;
      if (byte === 0x29) depth -= 1;
      if (depth === 0) break;
      value.push(byte);
    }
    return Uint8Array.from(value);
  }

  #escaped(value: number[]): void {
    const byte = this.#bytes[this.#at] ?? 0;
    this.#at += 1;
    const plain = escapes.get(byte);
    if (plain !== undefined) {
      value.push(plain);
    } else if (byte >= 0x30 && byte <= 0x37) {
      let code = byte - 0x30;
      for (let digits = 1; digits < 3; digits += 1) {
        const digit = this.#bytes[this.#at] ?? 0;
        if (digit < 0x30 || digit > 0x37) break;
        code = code * 8 + digit - 0x30;
        this.#at += 1;
      }
      value.push(code & 0xff);
    } else if (byte === 0x0d) {
      // A line that goes on.
      if (this.#bytes[this.#at] === 0x0a) this.#at += 1;
    } else if (byte !== 0x0a) value.push(byte);
  }
}

const latin1 = new TextDecoder("latin1");
const escapes: ReadonlyMap<number, number> = new Map([
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
  [0x62, 0x08],
  [0x66, 0x0c],
]);

function wordOf(text: string): Token {
  if (/^[+-]*\d*\.?\d*(?:-\d*)?$/.test(text) && /\d/.test(text)) {
    // `--5` and `5-3` come from broken programs; readers take the first number.
    const value = Number.parseFloat(text.replace(/^[+-]*(?=[+-])/, ""));
    return { kind: "number", value: Number.isFinite(value) ? value : 0 };
  }
  if (text === "true" || text === "false" || text === "null") return { kind: "word", value: text };
  return { kind: "operator", value: text };
}

function dictionaryOf(items: readonly Operand[]): Operand {
  const entries: [string, Operand][] = [];
  for (let at = 0; at + 1 < items.length; at += 1) {
    const [key, value] = [items[at], items[at + 1]];
    if (key?.kind !== "name" || value === undefined) continue;
    entries.push([key.value, value]);
    at += 1;
  }
  return { kind: "dictionary", entries };
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === 0x0a || byte === 0x0d;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09 || byte === 0x0c || byte === 0;
}

function isRegular(byte: number | undefined): boolean {
  return byte !== undefined && !isSpace(byte) && !delimiters.has(byte);
}

const delimiters: ReadonlySet<number> = new Set(Array.from("()<>[]{}/%", (sign) => sign.charCodeAt(0)));

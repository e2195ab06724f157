import { decodeJsonBytes } from "./decode.ts";
import { type Json, JsonFloat, type JsonObject } from "./json.ts";
import { JsonError } from "./json-error.ts";

/** Deeper documents are refused: every later walk over a value may then recurse without care. */
export const maxJsonDepth = 500;

/** Python refuses longer integers too (`sys.set_int_max_str_digits`): converting one is quadratic. */
const maxIntegerDigits = 4300;

/**
 * Where a number may stand, one that `JSON.parse` would blur: a float, or sixteen digits and more. Text inside
 * a string may match as well, which only costs time.
 */
const blurredNumber = /(?:^|[[,:])[ \t\n\r]*-?\d+(?:[.eE]|\d{15})/;

const digits = /^-?\d+$/;

/**
 * Reads JSON as Python's `json.loads` does: UTF-8, 16 or 32, a byte order mark, `NaN` and infinities, the last
 * of repeated keys. Floats stay told apart from whole numbers.
 *
 * Throws only `JsonError`.
 */
export function parseJson(input: Uint8Array | string): Json {
  const text = typeof input === "string" ? input : decodeJsonBytes(input);
  checkDepth(text);
  if (!blurredNumber.test(text)) {
    try {
      return JSON.parse(text);
    } catch {
      // NaN and infinities are Python's own: the slow reader decides.
    }
  }
  return new Reader(text).document();
}

/** Brackets inside strings count at first, because most texts then need no second look. */
function checkDepth(text: string): void {
  let open = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5b || code === 0x7b) open++;
  }
  if (open > maxJsonDepth && depthOutsideStrings(text) > maxJsonDepth) {
    throw new JsonError(`Cannot read JSON: nested deeper than ${maxJsonDepth}`);
  }
}

function depthOutsideStrings(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 0x5c) at++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x5d || code === 0x7d) depth--;
  }
  return deepest;
}

/** The slow way, for documents `JSON.parse` would blur or refuse. Recursion is bounded by `checkDepth`. */
class Reader {
  private at = 0;
  private readonly text: string;
  private readonly space = /[ \t\n\r]*/y;
  private readonly number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
  private readonly word = /null|true|false|NaN|-?Infinity/y;

  constructor(text: string) {
    this.text = text;
  }

  document(): Json {
    const value = this.value();
    if (this.at < this.text.length) this.refuse();
    return value;
  }

  private value(): Json {
    this.skipSpace();
    const value = this.bareValue();
    this.skipSpace();
    return value;
  }

  private bareValue(): Json {
    if (this.eat("{")) return this.object();
    if (this.eat("[")) return this.array();
    if (this.text[this.at] === '"') return this.string();
    const word = this.take(this.word);
    if (word !== undefined) return valueOfWord(word);
    const number = this.take(this.number);
    if (number !== undefined) return numberOf(number);
    return this.refuse();
  }

  private array(): Json[] {
    const items: Json[] = [];
    this.skipSpace();
    if (this.eat("]")) return items;
    do items.push(this.value());
    while (this.eat(","));
    if (!this.eat("]")) this.refuse();
    return items;
  }

  private object(): JsonObject {
    const object: JsonObject = {};
    this.skipSpace();
    if (this.eat("}")) return object;
    do {
      this.skipSpace();
      if (this.text[this.at] !== '"') this.refuse();
      const key = this.string();
      this.skipSpace();
      if (!this.eat(":")) this.refuse();
      const value = this.value();
      // Assigned plainly, `__proto__` would become the object's prototype.
      if (key === "__proto__") Object.defineProperty(object, key, { value, ...ownProperty });
      else object[key] = value;
    } while (this.eat(","));
    if (!this.eat("}")) this.refuse();
    return object;
  }

  /** Looks for the closing quote by hand: a pattern would need backtracking as deep as the string is long. */
  private string(): string {
    let end = this.at + 1;
    while (this.text[end] !== '"') {
      if (end >= this.text.length) this.refuse();
      end += this.text[end] === "\\" ? 2 : 1;
    }
    try {
      const string: string = JSON.parse(this.text.slice(this.at, end + 1));
      this.at = end + 1;
      return string;
    } catch {
      return this.refuse();
    }
  }

  private skipSpace(): void {
    this.space.lastIndex = this.at;
    this.space.test(this.text);
    this.at = this.space.lastIndex;
  }

  private eat(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private refuse(): never {
    throw new JsonError(`Cannot read JSON: unexpected text at ${this.at}`);
  }
}

const ownProperty = { enumerable: true, writable: true, configurable: true };

function valueOfWord(word: string): Json {
  if (word === "null") return null;
  if (word === "true") return true;
  if (word === "false") return false;
  return new JsonFloat(Number(word));
}

function numberOf(text: string): number | bigint | JsonFloat {
  const value = Number(text);
  if (!digits.test(text)) return new JsonFloat(value);
  if (Number.isSafeInteger(value)) return value;
  if (text.length > maxIntegerDigits) throw new JsonError("Cannot read JSON: an integer has too many digits");
  return BigInt(text);
}

import { type Json, JsonFloat, type JsonObject } from "./json.ts";
import { pythonFloat } from "./python.ts";

const surrogate = /[\ud800-\udfff]/;

/**
 * JSON as Notify answers it: keys sorted by code point at every level, no spaces, everything but printable
 * ASCII as `\uXXXX`, floats in Python's style.
 */
export function stringifyJson(value: Json): string {
  return asciiOnly(isNativeInOrder(value) ? JSON.stringify(value) : write(value, sortedKeys));
}

/**
 * The same with the keys in the order they have: for storing a caller's own object, where of two spellings of
 * one key the later counts.
 */
export function stringifyInOrder(value: Json): string {
  return asciiOnly(write(value, Object.keys));
}

/** Whether `JSON.stringify` writes this value right, keys being in order already: five times as fast. */
function isNativeInOrder(value: Json): boolean {
  if (typeof value !== "object" || value === null) return typeof value !== "bigint";
  if (Array.isArray(value)) return value.every(isNativeInOrder);
  if (value instanceof JsonFloat) return false;
  let last = "";
  for (const key in value) {
    // By UTF-16 unit, which is by code point until surrogates come.
    if (key < last || surrogate.test(key)) return false;
    const item = value[key];
    if (item !== undefined && !isNativeInOrder(item)) return false;
    last = key;
  }
  return true;
}

type KeysOf = (object: JsonObject) => string[];

function write(value: Json, keysOf: KeysOf): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "object":
      if (value === null) return "null";
      if (value instanceof JsonFloat) return floatText(value.value);
      return Array.isArray(value) ? writeArray(value, keysOf) : writeObject(value, keysOf);
    default:
      return String(value);
  }
}

function writeArray(items: Json[], keysOf: KeysOf): string {
  let text = "[";
  for (const item of items) {
    if (text.length > 1) text += ",";
    text += write(item, keysOf);
  }
  return `${text}]`;
}

function writeObject(object: JsonObject, keysOf: KeysOf): string {
  let text = "{";
  for (const key of keysOf(object)) {
    const value = object[key];
    if (value === undefined) continue;
    if (text.length > 1) text += ",";
    text += `${JSON.stringify(key)}:${write(value, keysOf)}`;
  }
  return `${text}}`;
}

/** What Python's `json.dumps` writes and reads back, though JSON has no such words. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (Number.isFinite(value)) return pythonFloat(value);
  return value > 0 ? "Infinity" : "-Infinity";
}

function sortedKeys(object: JsonObject): string[] {
  const keys = Object.keys(object);
  // JavaScript sorts by UTF-16 unit, which puts U+10000 and up before U+E000.
  if (keys.some(hasSurrogate)) return keys.sort(byCodePoint);
  return keys.sort();
}

function hasSurrogate(key: string): boolean {
  return surrogate.test(key);
}

export function byCodePoint(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (let at = 0; at < left.length && at < right.length; at++) {
    const difference = (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

const notAscii = /[^\x00-\x7e]/;
const notAsciiEach = /[^\x00-\x7e]/g;

/** `JSON.stringify` has escaped controls and lone surrogates already; the rest stands inside strings only. */
function asciiOnly(json: string): string {
  return notAscii.test(json) ? json.replace(notAsciiEach, escapeUnit) : json;
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

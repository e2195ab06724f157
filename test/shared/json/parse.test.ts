import { describe, expect, test } from "bun:test";
import { type Json, JsonFloat } from "../../../shared/json/json.ts";
import { JsonError } from "../../../shared/json/json-error.ts";
import { maxJsonDepth, parseJson } from "../../../shared/json/parse.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

function utf16(text: string, littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(text.length * 2));
  for (let at = 0; at < text.length; at++) view.setUint16(at * 2, text.charCodeAt(at), littleEndian);
  return new Uint8Array(view.buffer);
}

function utf32(text: string, littleEndian: boolean): Uint8Array {
  const characters = [...text];
  const view = new DataView(new ArrayBuffer(characters.length * 4));
  characters.forEach((character, at) => {
    view.setUint32(at * 4, character.codePointAt(0) ?? 0, littleEndian);
  });
  return new Uint8Array(view.buffer);
}

describe("parseJson", () => {
  const text = '{"name":"Zoë 😀"}';
  const encodings: [string, Uint8Array][] = [
    ["UTF-8", utf8(text)],
    ["UTF-8 with a byte order mark", utf8(`\ufeff${text}`)],
    ["UTF-16LE", utf16(text, true)],
    ["UTF-16BE", utf16(text, false)],
    ["UTF-16LE with a byte order mark", utf16(`\ufeff${text}`, true)],
    ["UTF-16BE with a byte order mark", utf16(`\ufeff${text}`, false)],
    ["UTF-32LE", utf32(text, true)],
    ["UTF-32BE", utf32(text, false)],
    ["UTF-32LE with a byte order mark", utf32(`\ufeff${text}`, true)],
    ["UTF-32BE with a byte order mark", utf32(`\ufeff${text}`, false)],
  ];
  test.each(encodings)("reads %s", (_name, bytes) => {
    expect(parseJson(bytes)).toEqual({ name: "Zoë 😀" });
  });

  test("reads two bytes of UTF-16", () => {
    expect(parseJson(new Uint8Array([0x35, 0]))).toBe(5);
    expect(parseJson(new Uint8Array([0, 0x35]))).toBe(5);
  });

  const values: [string, Json][] = [
    ["1", 1],
    ["-0", -0],
    ["1.0", new JsonFloat(1)],
    [" [ 1 , 2.5 ] ", [1, new JsonFloat(2.5)]],
    ["1e3", new JsonFloat(1000)],
    ['{"a":-1E2}', { a: new JsonFloat(-100) }],
    ["1e400", new JsonFloat(Number.POSITIVE_INFINITY)],
    ["NaN", new JsonFloat(Number.NaN)],
    [
      "[Infinity,-Infinity]",
      [new JsonFloat(Number.POSITIVE_INFINITY), new JsonFloat(Number.NEGATIVE_INFINITY)],
    ],
    ["9007199254740991", Number.MAX_SAFE_INTEGER],
    ["9007199254740992", 9007199254740992n],
    ['{"a":1,"a":2}', { a: 2 }],
    ['{"a":1.5,"a":2}', { a: 2 }],
    ['"costs: 1.50"', "costs: 1.50"],
    ['[1.5,"\\u0041\\n\\ud800"]', [new JsonFloat(1.5), "A\n\ud800"]],
    ["[1.5,{},[],true,false,null]", [new JsonFloat(1.5), {}, [], true, false, null]],
  ];
  test.each(values)("reads %s", (json, value) => {
    expect(parseJson(json)).toEqual(value);
  });

  const unparsable = [
    [
      "",
      "phone_number=07700900000",
      "{",
      "[1,]",
      '{"a":1.5,}',
      '{"a" 1.5}',
      "{a:1.5}",
      "[1.5",
      "01.5",
      "1.",
      "-",
    ],
    [
      "+1.0",
      "1.5 x",
      '[1.5,"\\x"]',
      '[1.5,"a\nb"]',
      '[1.5,"',
      "[1.5,'a']",
      "nan",
      "tru",
      "[NaN",
      "\u00a01.5",
    ],
  ].flat();
  test.each(unparsable)("refuses %j", (json) => {
    expect(() => parseJson(json)).toThrow(JsonError);
  });

  test("refuses bytes that are no text", () => {
    expect(() => parseJson(new Uint8Array([0x22, 0xff, 0x22]))).toThrow(JsonError);
    expect(() => parseJson(new Uint8Array([0, 0, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff]))).toThrow(JsonError);
    expect(() => parseJson(new Uint8Array([0, 0, 0, 0x35, 0]))).toThrow(JsonError);
  });

  test("refuses deep nesting and follows what is not too deep", () => {
    const nested = (depth: number, core: string) => "[".repeat(depth) + core + "]".repeat(depth);

    expect(parseJson(nested(maxJsonDepth, ""))).toBeArray();
    expect(parseJson(nested(maxJsonDepth, "1.5"))).toBeArray();
    expect(() => parseJson(nested(maxJsonDepth + 1, ""))).toThrow(JsonError);
    expect(() => parseJson('{"a":'.repeat(1_000_000))).toThrow(JsonError);
    expect(() => parseJson("[".repeat(8_000_000))).toThrow(JsonError);
  });

  test("does not count brackets inside strings as nesting", () => {
    const text = `${"[".repeat(1000)}\\"${"{".repeat(1000)}`;
    expect(parseJson(`["${text}"]`)).toEqual([text.replace("\\", "")]);
    expect(parseJson(`[${"[],".repeat(1000)}1.5]`)).toHaveLength(1001);
  });

  test("refuses integers too long to convert", () => {
    expect(parseJson("9".repeat(4300))).toBeTypeOf("bigint");
    expect(() => parseJson("9".repeat(4301))).toThrow(JsonError);
  });

  test("reads long strings the slow way", () => {
    const value = '\\"'.repeat(1_000_000);
    expect(parseJson(JSON.stringify([value, 0]).replace(",0]", ",0.5]"))).toEqual([
      value,
      new JsonFloat(0.5),
    ]);
  });

  test.each(['{"__proto__":{"polluted":1}}', '{"__proto__":{"polluted":1.5}}'])(
    "keeps %s an ordinary key",
    (json) => {
      const value = Object(parseJson(json));

      expect(Object.keys(value)).toEqual(["__proto__"]);
      expect("polluted" in value).toBe(false);
    },
  );
});

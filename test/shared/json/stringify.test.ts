import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Json, JsonFloat } from "../../../shared/json/json.ts";
import { parseJson } from "../../../shared/json/parse.ts";
import { stringifyInOrder, stringifyJson } from "../../../shared/json/stringify.ts";

describe("stringifyJson", () => {
  const values: [Json, string][] = [
    [{ b: 1, a: { d: null, c: [true] } }, '{"a":{"c":[true],"d":null},"b":1}'],
    [{ b: 1.5, B: "x", _: "", "1": 2 }, '{"1":2,"B":"x","_":"","b":1.5}'],
    [{ "10": 1, "9": 2 }, '{"10":1,"9":2}'],
    [{ "\ue000": 1, "😀": 2, a: 3 }, '{"a":3,"\\ue000":1,"\\ud83d\\ude00":2}'],
    ["é’😀\x7f\ud800", '"\\u00e9\\u2019\\ud83d\\ude00\\u007f\\ud800"'],
    ['"\\/\b\f\n\r\t\x01', '"\\"\\\\/\\b\\f\\n\\r\\t\\u0001"'],
    [[new JsonFloat(0), new JsonFloat(1), new JsonFloat(3 * 0.0227)], "[0.0,1.0,0.06810000000000001]"],
    [[new JsonFloat(Number.NaN), new JsonFloat(Number.POSITIVE_INFINITY)], "[NaN,Infinity]"],
    [12345678901234567890n, "12345678901234567890"],
    [null, "null"],
  ];
  test.each(values)("writes %p", (value, json) => {
    expect(stringifyJson(value)).toBe(json);
  });

  test("writes what parses to the same value", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false, depthSize: "medium" }), (value) => {
        const json = parseJson(JSON.stringify(value));
        expect(parseJson(stringifyJson(json))).toEqual(json);
        expect(parseJson(stringifyInOrder(json))).toEqual(json);
      }),
      { numRuns: 300 },
    );
  });
});

test("stringifyInOrder keeps the order of keys", () => {
  expect(stringifyInOrder({ b: new JsonFloat(1), a: { d: 1, c: 2 } })).toBe('{"b":1.0,"a":{"d":1,"c":2}}');
});

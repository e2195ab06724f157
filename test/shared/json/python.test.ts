import { describe, expect, test } from "bun:test";
import { type Json, JsonFloat } from "../../../shared/json/json.ts";
import { pythonFloat, pythonRepr, pythonText } from "../../../shared/json/python.ts";

describe("pythonFloat", () => {
  const floats: [number, string][] = [
    [0, "0.0"],
    [-0, "-0.0"],
    [1, "1.0"],
    [-1.5, "-1.5"],
    [3 * 0.0227, "0.06810000000000001"],
    [1e15, "1000000000000000.0"],
    [123456789012345680, "1.2345678901234568e+17"],
    [1e16, "1e+16"],
    [-1e16, "-1e+16"],
    [1e22, "1e+22"],
    [1.5e300, "1.5e+300"],
    [0.0001, "0.0001"],
    [0.00012345, "0.00012345"],
    [0.00001, "1e-05"],
    [0.000012, "1.2e-05"],
    [1.5e-7, "1.5e-07"],
    [5e-324, "5e-324"],
    [Number.NaN, "nan"],
    [Number.POSITIVE_INFINITY, "inf"],
    [Number.NEGATIVE_INFINITY, "-inf"],
  ];
  test.each(floats)("prints %p as %s", (value, text) => {
    expect(pythonFloat(value)).toBe(text);
  });
});

describe("pythonRepr", () => {
  const values: [Json, string][] = [
    [null, "None"],
    [true, "True"],
    [false, "False"],
    [5, "5"],
    [-0, "0"],
    [123456789012345678901234n, "123456789012345678901234"],
    [new JsonFloat(1), "1.0"],
    ["a", "'a'"],
    ["it's", `"it's"`],
    [`it's "it"`, `'it\\'s "it"'`],
    ['say "it"', `'say "it"'`],
    ["back\\slash", "'back\\\\slash'"],
    ["\n\r\t\0\x7f\x80\u00a0\u00ad", "'\\n\\r\\t\\x00\\x7f\\x80\\xa0\\xad'"],
    ["\u200b\u2028\u3000\ue000\ud800", "'\\u200b\\u2028\\u3000\\ue000\\ud800'"],
    ["\u{e0001}\u{10ffff}", "'\\U000e0001\\U0010ffff'"],
    ["Zoë ’ 😀", "'Zoë ’ 😀'"],
    [["a", null, new JsonFloat(1.5)], "['a', None, 1.5]"],
    [{ k: "v", "it's": [true, {}] }, `{'k': 'v', "it's": [True, {}]}`],
    [[], "[]"],
  ];
  test.each(values)("prints %p", (value, text) => {
    expect(pythonRepr(value)).toBe(text);
  });
});

test("pythonText leaves a string as it is and quotes those inside others", () => {
  expect(pythonText("it's\n")).toBe("it's\n");
  expect(pythonText(["it's"])).toBe(`["it's"]`);
  expect(pythonText({ a: true, b: null })).toBe("{'a': True, 'b': None}");
});

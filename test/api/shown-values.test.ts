import { describe, expect, test } from "bun:test";
import { openApiWorld, smsTemplateId } from "./deps.ts";
import { invalid, post } from "./post.ts";

/** As the request has it, then as Python 3.11 prints it, its apostrophes removed. */
const values: [string, string][] = [
  ["null", "None"],
  ["true", "True"],
  ["false", "False"],
  ["0", "0"],
  ["-0", "0"],
  ["-0.0", "-0.0"],
  ["1.0", "1.0"],
  ["1.10", "1.1"],
  ["100000000000000000000", "100000000000000000000"],
  ["-9007199254740993", "-9007199254740993"],
  ["1e3", "1000.0"],
  ["1e15", "1000000000000000.0"],
  ["1E+16", "1e+16"],
  ["123456789012345678.0", "1.2345678901234568e+17"],
  ["0.0001", "0.0001"],
  ["0.00001", "1e-05"],
  ["1.5e-7", "1.5e-07"],
  ["5e-324", "5e-324"],
  ["1e400", "inf"],
  ["-1e400", "-inf"],
  ["1e-400", "0.0"],
  ["NaN", "nan"],
  ["Infinity", "inf"],
  ["-Infinity", "-inf"],
  ["0.06810000000000001", "0.06810000000000001"],
  ["[]", "[]"],
  ["{}", "{}"],
  ["[null, [1, [2.50]], {}]", "[None, [1, [2.5]], {}]"],
  ['{"b": "x", "a": [true, {"c": null}]}', "{b: x, a: [True, {c: None}]}"],
  ['{"a": 1, "a": 2}', "{a: 2}"],
  ['["it\'s"]', '["its"]'],
  [`["say \\"it\\""]`, '[say "it"]'],
  [`["it's \\"it\\""]`, '[it\\s "it"]'],
  ['["back\\\\slash"]', "[back\\\\slash]"],
  ['["\\n\\r\\t\\b\\f"]', "[\\n\\r\\t\\x08\\x0c]"],
  ['["\\u0000\\u001f\\u007f\\u0080\\u00a0\\u00ad"]', "[\\x00\\x1f\\x7f\\x80\\xa0\\xad]"],
  ['["\\u0378\\u200b\\u2028\\u3000\\ufeff\\ue000"]', "[\\u0378\\u200b\\u2028\\u3000\\ufeff\\ue000]"],
  ['["\\ud83d\\ude00 😀 \\u00e9 ’ –"]', "[😀 😀 é ’ –]"],
  ['["\\udb40\\udc01\\udbff\\udfff"]', "[\\U000e0001\\U0010ffff]"],
  ['["\\ud83d"]', "[\\ud83d]"],
  ['{"it\'s": "\\u0085"}', '{"its": \\x85}'],
];

describe("a value of the wrong type is shown as Python prints it", () => {
  test.each(values)("%s", async (json, shown) => {
    const body = `{"phone_number":"07400900111","template_id":"${smsTemplateId}","reference":${json}}`;
    const response = await post(openApiWorld(), "sms", body);

    expect(await response.json()).toEqual(invalid(`reference ${shown} is not of type string`));
  });
});

describe("text of the wrong type is shown without quotes", () => {
  test.each([
    ['"abc"', "abc"],
    ['""', ""],
    ['" "', " "],
    ['"it\'s"', '"its"'],
    [`"it's \\"it\\""`, 'it\\s "it"'],
    ['"\\"it\\""', '"it"'],
    ['"a\\\\b\\nc\\u0000"', "a\\\\b\\nc\\x00"],
    ['"None"', "None"],
  ])("%s", async (json, shown) => {
    const body = `{"phone_number":"07400900111","template_id":"${smsTemplateId}","personalisation":${json}}`;
    const response = await post(openApiWorld(), "sms", body);

    expect(await response.json()).toEqual(invalid(`personalisation ${shown} is not of type object`));
  });

  test.each([
    ['"abc"', "abc is not of type object"],
    ["[[]]", "[[]] is not of type object"],
    ["5", "5 is not of type object"],
    ['"\\u2028"', "\\u2028 is not of type object"],
  ])("as the whole body: %s", async (body, message) => {
    for (const path of ["sms", "email"]) {
      expect(await (await post(openApiWorld(), path, body)).json()).toEqual(invalid(message));
    }
  });
});

describe("unexpected keys are shown", () => {
  test.each([
    ['{"b":1,"a":2}', "(a, b were unexpected)"],
    ['{"Z":1,"a":2,"_":3,"é":4,"1":5}', "(1, Z, _, a, é were unexpected)"],
    ['{"\\ue000":1,"😀":2,"z":3}', "(z, \\ue000, 😀 were unexpected)"],
    ['{"":1}', "( was unexpected)"],
    ['{"it\'s":1}', '("its" was unexpected)'],
    ['{"a\\nb":1}', "(a\\nb was unexpected)"],
    ['{"a":1,"a":2}', "(a was unexpected)"],
    ['{"10":1,"9":1}', "(10, 9 were unexpected)"],
    ['{"__proto__":1,"toString":1}', "(__proto__, toString were unexpected)"],
  ])("in the order of their code points: %s", async (body, list) => {
    const response = await post(openApiWorld(), "sms", body);

    expect(await response.json()).toEqual(
      invalid(
        "phone_number is a required property",
        "template_id is a required property",
        `Additional properties are not allowed ${list}`,
      ),
    );
  });
});

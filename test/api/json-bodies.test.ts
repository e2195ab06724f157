import { describe, expect, test } from "bun:test";
import { openApiWorld, smsTemplateId } from "./deps.ts";
import { badRequest, invalid, post } from "./post.ts";

const text = JSON.stringify({
  phone_number: "07400900111",
  template_id: smsTemplateId,
  personalisation: { name: "Zoë ’ 😀" },
});

function utf16(characters: string, littleEndian: boolean): Blob {
  const view = new DataView(new ArrayBuffer(characters.length * 2));
  for (let at = 0; at < characters.length; at++)
    view.setUint16(at * 2, characters.charCodeAt(at), littleEndian);
  return new Blob([view.buffer]);
}

function utf32(characters: string, littleEndian: boolean): Blob {
  const points = Array.from(characters, (character) => character.codePointAt(0) ?? 0);
  const view = new DataView(new ArrayBuffer(points.length * 4));
  for (const [at, point] of points.entries()) view.setUint32(at * 4, point, littleEndian);
  return new Blob([view.buffer]);
}

const bytes = (...numbers: number[]) => new Blob([new Uint8Array(numbers)]);

describe("a body is understood", () => {
  test.each<[string, string | Blob]>([
    ["UTF-8", text],
    ["UTF-8 with a byte order mark", `\ufeff${text}`],
    ["UTF-16LE", utf16(text, true)],
    ["UTF-16BE", utf16(text, false)],
    ["UTF-16LE with a byte order mark", utf16(`\ufeff${text}`, true)],
    ["UTF-16BE with a byte order mark", utf16(`\ufeff${text}`, false)],
    ["UTF-32LE", utf32(text, true)],
    ["UTF-32BE", utf32(text, false)],
    ["UTF-32LE with a byte order mark", utf32(`\ufeff${text}`, true)],
    ["UTF-32BE with a byte order mark", utf32(`\ufeff${text}`, false)],
    ["ASCII with everything escaped", text.replace("Zoë ’ 😀", "Zo\\u00eb \\u2019 \\ud83d\\ude00")],
    ["space all around", `\t\r\n ${text} \n`],
  ])("in %s", async (_encoding, body) => {
    const response = await post(openApiWorld(), "sms", body);

    expect(response.status).toBe(201);
    expect((await response.json()).content.body).toBe("Hi Zoë ' ?");
  });

  test.each([
    ["the last of repeated keys wins", '"a":1,"name":"first","name":"last"', "Hi last"],
    ["also among nested ones", '"name":{"x":1,"x":2}', "Hi {'x': 2}"],
    ["NaN is a number", '"name":NaN', "Hi nan"],
    ["so are infinities", '"name":[Infinity,-Infinity]', "Hi inf and -inf"],
    ["a number keeps its point", '"name":2.0', "Hi 2.0"],
    ["a number loses its trailing zeros", '"name":2.50', "Hi 2.5"],
    ["a long number keeps its digits", '"name":12345678901234567890123', "Hi 12345678901234567890123"],
  ])("as Python would: %s", async (_rule, values, shown) => {
    const body = `{"phone_number":"07400900111","template_id":"${smsTemplateId}","personalisation":{${values}}}`;
    const response = await post(openApiWorld(), "sms", body);

    expect((await response.json()).content?.body).toBe(shown);
  });

  test("of repeated fields only the last is judged", async () => {
    const body = `{"phone_number":5,${text.slice(1, -1)},"reference":1,"reference":"kept"}`;
    const response = await post(openApiWorld(), "sms", body);

    expect([response.status, (await response.json()).reference]).toEqual([201, "kept"]);
  });
});

describe("a body is no JSON", () => {
  test.each<[string, string | Blob]>([
    ["a form", "phone_number=07400900111&template_id=x"],
    ["several parts", "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b--"],
    ["two values", "{}{}"],
    ["a trailing comma", '{"a":1,}'],
    ["single quotes", "{'a':1}"],
    ["a bare key", "{a:1}"],
    ["a comment", "{} // no"],
    ["a capital word", "True"],
    ["an odd infinity", "+Infinity"],
    ["a leading zero", '{"a":01}'],
    ["a raw newline in a text", '{"a":"b\nc"}'],
    ["an unknown escape", '{"a":"\\x41"}'],
    ["a no-break space", "\u00a0{}"],
    ["half of UTF-8", bytes(0x7b, 0x22, 0xc3, 0x22, 0x7d)],
    ["an odd byte of UTF-16", bytes(0xff, 0xfe, 0x7b, 0x00, 0x7d)],
    ["half a pair of UTF-16", utf16('{"a":"\ud83d"}', true)],
    ["UTF-32 beyond Unicode", bytes(0, 0, 0xfe, 0xff, 0, 0x11, 0, 0)],
    ["only a byte order mark", "\ufeff"],
    ["only space", "   "],
    ["a zero byte", bytes(0)],
  ])("being %s", async (_what, body) => {
    for (const path of ["sms", "email", "foo"]) {
      const response = await post(openApiWorld(), path, body);

      expect(response.status).toBe(400);
      expect(await response.json()).toEqual(badRequest("Invalid JSON supplied in POST data"));
    }
  });
});

describe("falsy and truthy bodies", () => {
  const missing = invalid("email_address is a required property", "template_id is a required property");
  test.each(["null", "[]", "0", "-0", "0.0", "0e9", "-0.0", "false", '""', "{}", " [ ] "])(
    "%s is the same as {}",
    async (body) => {
      expect(await (await post(openApiWorld(), "email", body)).json()).toEqual(missing);
      expect((await post(openApiWorld(), "foo", body)).status).toBe(404);
    },
  );

  test.each([
    ["true", "True"],
    ["1", "1"],
    ["1e-9", "1e-09"],
    ["NaN", "nan"],
    ["-Infinity", "-inf"],
    ['"0"', "0"],
    ['" "', " "],
    ["[[]]", "[[]]"],
    ["[null]", "[None]"],
    ['["a",{"b":"c"}]', "[a, {b: c}]"],
  ])("%s is no object", async (body, shown) => {
    expect(await (await post(openApiWorld(), "email", body)).json()).toEqual(
      invalid(`${shown} is not of type object`),
    );
    expect((await post(openApiWorld(), "foo", body)).status).toBe(404);
  });
});

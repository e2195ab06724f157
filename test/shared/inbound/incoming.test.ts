import { describe, expect, test } from "bun:test";
import { decodeMmgText } from "../../../shared/inbound/decode.ts";
import { parseFiretextText } from "../../../shared/inbound/firetext.ts";
import { parseMmgText } from "../../../shared/inbound/mmg.ts";
import type { ParsedText } from "../../../shared/inbound/text.ts";
import { processorClock } from "../../support/processor.ts";

function textOf(parsed: ParsedText) {
  if (!parsed.ok) throw new Error(parsed.errors.join("; "));
  return parsed.text;
}

const mmg = (over: Record<string, unknown> = {}) =>
  parseMmgText(JSON.stringify({ MSISDN: "447700900123", Number: "447700900500", Message: "Hi", ...over }));

const firetext = (over: Record<string, string> = {}) =>
  parseFiretextText(
    new URLSearchParams({
      source: "447700900123",
      destination: "447700900500",
      message: "Hi",
      ...over,
    }).toString(),
  );

describe("a text as MMG writes it", () => {
  test.each([
    ["", ""],
    ["plain", "plain"],
    ["Hello+there", "Hello there"],
    ["1%2B1%3D2", "1+1=2"],
    ["caf%C3%A9", "café"],
    ["caf%c3%a9", "café"],
    ["%F0%9F%98%80", "😀"],
    ["😀+raw+%26+%F0%9F%98%80", "😀 raw & 😀"],
    ["100%25", "100%"],
    // No encodings.
    ["100%", "100%"],
    ["50%+off", "50% off"],
    ["%zz%4", "%zz%4"],
    ["%25%zz", "%%zz"],
    // No UTF-8.
    ["%FF", "\ufffd"],
    ["%C3+%A9", "\ufffd \ufffd"],
    ["%EF%BB%BFx", "\ufeffx"],
    // Escapes, plain and URL-encoded.
    ["one\\ntwo", "one\ntwo"],
    ["one%5Cntwo", "one\ntwo"],
    ["a\\r\\n\\tb", "a\r\n\tb"],
    ["it\\'s", "it's"],
    ["%5C%27quoted%5C%27", "'quoted'"],
    ['\\"', '"'],
    ["back\\\\slash", "back\\slash"],
    ["\\u20ac5", "€5"],
    ["\\u20AC5", "€5"],
    ["\\ud83d\\ude00", "😀"],
    ["\\uD83D\\uDE00", "😀"],
    ["\\U0001F600", "😀"],
    ["\\xe9", "é"],
    ["x\\ud83d\\ude00y😀z\\n", "x😀y😀z\n"],
    // An escaped backslash begins nothing.
    ["\\\\n", "\\n"],
    ["\\\\\\n", "\\\n"],
    ["\\\\u20ac", "\\u20ac"],
    // No escapes: kept as they are.
    ["\\", "\\"],
    ["ends in \\", "ends in \\"],
    ["\\q", "\\q"],
    ["\\N", "\\N"],
    ["\\u12", "\\u12"],
    ["\\u12g4", "\\u12g4"],
    ["\\u", "\\u"],
    ["\\xg1", "\\xg1"],
    ["\\U00110000", "\\U00110000"],
    ["\\U1F600", "\\U1F600"],
    ["\\ud83d", "\\ud83d"],
    ["\\ud83dx\\ude00", "\\ud83dx\\ude00"],
    ["\\ude00\\ud83d", "\\ude00\\ud83d"],
    ["\\ud83d\\ud83d\\ude00", "\\ud83d😀"],
  ])("%j is %j", (given, expected) => {
    expect(decodeMmgText(given)).toBe(expected);
  });

  test("is read in time that grows with its length, whatever it holds", () => {
    for (const part of ["%", "\\", "\\u", "%C3", "\\ud83d", "%5C"]) {
      const spentMs = processorClock();
      decodeMmgText(part.repeat(600_000 / part.length));
      expect(spentMs()).toBeLessThan(2000);
    }
  });
});

describe("MMG's request", () => {
  test("is a text, with its reference and its time", () => {
    const request = mmg({
      MSISDN: "447700900123",
      Number: "447700900500",
      Message: "Some+message+with+emoji+%F0%9F%98%80\\n",
      ID: "SOME-MMG-ID",
      DateRecieved: "2026-07-05+17%3A01%3A07",
      Trigger: "foo",
      Channel: "bar",
    });

    expect(request).toEqual({
      ok: true,
      text: {
        provider: "mmg",
        to: "07700900500",
        from: "447700900123",
        content: "Some message with emoji 😀\n",
        reference: "SOME-MMG-ID",
        sentAt: new Date("2026-07-05T17:01:07Z"),
      },
    });
  });

  test.each<[Record<string, unknown>, Record<string, unknown>]>([
    // Numbers of services, as they are kept.
    [{ Number: "447700900500" }, { to: "07700900500" }],
    [{ Number: "+447700900500" }, { to: "07700900500" }],
    [{ Number: "07700900500" }, { to: "07700900500" }],
    [{ Number: 447700900500 }, { to: "07700900500" }],
    [{ Number: "60006" }, { to: "60006" }],
    // Senders: international digits, and what is no number to the letter.
    [{ MSISDN: "07700900123" }, { from: "447700900123" }],
    [{ MSISDN: "+447700900123" }, { from: "447700900123" }],
    [{ MSISDN: 447700900123 }, { from: "447700900123" }],
    [{ MSISDN: "33612345678" }, { from: "33612345678" }],
    [{ MSISDN: "EE Alerts" }, { from: "EE Alerts" }],
    [{ MSISDN: "60006" }, { from: "60006" }],
    [{ MSISDN: "a\u0000b" }, { from: "ab" }],
    // What was written.
    [{ Message: "" }, { content: "" }],
    [{ Message: 42 }, { content: "42" }],
    [{ Message: "STOP" }, { content: "STOP" }],
    [{ Message: "\ud800" }, { content: "\ufffd" }],
    // Without a name.
    [{ ID: 123 }, { reference: "123" }],
    [{ ID: "" }, { reference: null }],
    [{ ID: null }, { reference: null }],
    [{ ID: {} }, { reference: null }],
    [{}, { reference: null, sentAt: null }],
    // Times are UTC, in summer too.
    [{ DateRecieved: "2026-01-05 17:01:07" }, { sentAt: new Date("2026-01-05T17:01:07Z") }],
    [{ DateRecieved: "2026-07-05T17:01:07.5" }, { sentAt: new Date("2026-07-05T17:01:07.500Z") }],
    [{ DateRecieved: "2026-07-05 17:01:07Z" }, { sentAt: new Date("2026-07-05T17:01:07Z") }],
    [{ DateRecieved: "2026-07-05T17:01:07%2B01:00" }, { sentAt: new Date("2026-07-05T16:01:07Z") }],
    [{ DateRecieved: "yesterday" }, { sentAt: null }],
    [{ DateRecieved: "2026-02-30 10:00:00" }, { sentAt: null }],
    [{ DateRecieved: 7 }, { sentAt: null }],
    [{ DateRecieved: "%" }, { sentAt: null }],
    // Spelled as MMG does not.
    [{ DateReceived: "2026-07-05 17:01:07" }, { sentAt: null }],
  ])("%j is %j", (given, expected) => {
    expect(textOf(mmg(given))).toMatchObject(expected);
  });

  test.each<[string, string[]]>([
    ["", ["MMG callback failed: invalid JSON"]],
    ["{", ["MMG callback failed: invalid JSON"]],
    ["null", ["MMG callback failed: invalid data"]],
    ["[]", ["MMG callback failed: MSISDN missing"]],
    ['{"MSISDN":"1","Number":"2"}', ["MMG callback failed: Message missing"]],
    ['{"MSISDN":"1","Number":"2","Message":null}', ["MMG callback failed: Message missing"]],
    ['{"MSISDN":"","Number":[],"Message":"x"}', ["MMG callback failed: MSISDN missing"]],
  ])("%j is refused", (body, errors) => {
    const parsed = parseMmgText(body);

    expect(parsed).toMatchObject({ ok: false, errors: expect.arrayContaining(errors) });
  });
});

describe("Firetext's request", () => {
  test("is a text, whose content is written in no other way than the form is", () => {
    const request = parseFiretextText(
      "source=447700900123&destination=447700900500&message=100%25+plain%5Cn+%F0%9F%98%80&time=2026-07-10+15%3A17%3A00&keyword=x",
    );

    expect(request).toEqual({
      ok: true,
      text: {
        provider: "firetext",
        to: "07700900500",
        from: "447700900123",
        content: "100% plain\\n 😀",
        reference: null,
        sentAt: new Date("2026-07-10T15:17:00Z"),
      },
    });
  });

  test.each<[Record<string, string>, Record<string, unknown>]>([
    [{ source: "Bank" }, { from: "Bank" }],
    [{ source: "07700900123" }, { from: "447700900123" }],
    [{ message: "" }, { content: "" }],
    [{ time: "soon" }, { sentAt: null }],
    [{}, { sentAt: null }],
  ])("%j is %j", (given, expected) => {
    expect(textOf(firetext(given))).toMatchObject(expected);
  });

  test.each([
    ["", ["source", "destination", "message"]],
    ["source=1&destination=2", ["message"]],
    ["source=&destination=2&message=x", ["source"]],
    ['{"source":"1"}', ["source", "destination", "message"]],
  ])("%j is refused", (body, missing) => {
    expect(parseFiretextText(body)).toEqual({
      ok: false,
      errors: missing.map((field) => `Firetext callback failed: ${field} missing`),
    });
  });
});

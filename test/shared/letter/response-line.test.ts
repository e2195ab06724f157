import { describe, expect, test } from "bun:test";
import { linesOf } from "../../../shared/letter/dvla-lines.ts";
import { isPrinted, readResponseLine } from "../../../shared/letter/response-line.ts";

const reference = "7QK2M9ZD41XTB06H";
const lines = [`${reference}|Sent|1|Sorted`, "0PLW83NCY5RJ2V6E|Failed|3|Unsorted|2026-11-20"];

/** With a byte order mark, as such files come. */
function utf16(text: string, isLittle: boolean): Uint8Array {
  const bytes = new Uint8Array(2 * text.length);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < text.length; at++) view.setUint16(2 * at, text.charCodeAt(at), isLittle);
  return bytes;
}

const utf8 = (text: string) => new TextEncoder().encode(text);
const windows1252 = (text: string) => Uint8Array.from(text, (one) => one.charCodeAt(0));

describe("lines of a file", () => {
  test.each([
    ["LF", utf8(lines.join("\n"))],
    ["CR LF, also at the end", utf8(`${lines.join("\r\n")}\r\n`)],
    ["CR", utf8(lines.join("\r"))],
    ["a byte order mark", utf8(`\ufeff${lines.join("\n")}`)],
    ["UTF-16, little end first", utf16(`\ufeff${lines.join("\r\n")}\r\n`, true)],
    ["UTF-16, big end first", utf16(`\ufeff${lines.join("\r\n")}`, false)],
    ["UTF-16 without a mark, little end first", utf16(lines.join("\n"), true)],
    ["UTF-16 without a mark, big end first", utf16(lines.join("\n"), false)],
    ["Windows-1252 with blanks of its own", windows1252(lines.map((line) => `\xa0${line}\xa0`).join("\r\n"))],
  ])("are read with %s", (_, bytes) => {
    const read = [...linesOf(bytes)].map(({ text }) => readResponseLine(text));

    expect(read).toEqual([
      {
        response: { reference, word: "Sent", sheets: 1, threshold: "sorted", despatchedOn: null },
        faults: [],
      },
      {
        response: {
          reference: "0PLW83NCY5RJ2V6E",
          word: "Failed",
          sheets: 3,
          threshold: "unsorted",
          despatchedOn: "2026-11-20",
        },
        faults: [],
      },
    ]);
  });

  test("keep their numbers where some are blank", () => {
    const numbers = [...linesOf(utf8("\n \t\na\r\n\r\nb\r\rc"))].map(
      ({ number, text }) => `${number}${text}`,
    );
    expect(numbers).toEqual(["3a", "5b", "7c"]);
  });

  test("are whole wherever a window of bytes ends, and cut where no line is so long", () => {
    for (let extra = 0; extra < 4; extra++) {
      const many = Array.from({ length: 3000 }, (_, at) => `${"x".repeat(extra)}${at}|é|`.padEnd(40, "y"));
      for (const end of ["\n", "\r\n", "\r"]) {
        expect([...linesOf(utf8(many.join(end)))].map(({ text }) => text)).toEqual(many);
      }
    }
    const long = [...linesOf(utf8(`${"z".repeat(300_000)}\r\nnext`))];
    expect(long.map(({ number, text }) => [number, text.length])).toEqual([
      [1, 1000],
      [2, 4],
    ]);
    expect([...linesOf(new Uint8Array())]).toEqual([]);
  });
});

describe("a line of a response", () => {
  test.each([
    [`${reference}|Sent|1|SORTED`, { threshold: "sorted" }],
    [
      `${reference}|Sent|1|unsorted|2026-11-20|more|and more`,
      { threshold: "unsorted", despatchedOn: "2026-11-20" },
    ],
    [` ${reference.toLowerCase()} | Sent | 01 | Sorted | `, { reference, word: "Sent", sheets: 1 }],
    [`${reference}|Sent|0|Sorted`, { sheets: 0 }],
  ])("%p is understood", (text, part) => {
    const { response, faults } = readResponseLine(text);
    expect(response).toMatchObject(part);
    expect(faults).toEqual([]);
  });

  test.each([
    ["", "1 columns in place of 4"],
    [`${reference}|Se`, "2 columns in place of 4"],
    [`${reference}|Sent|1`, "3 columns in place of 4"],
    ["None|Sent|1|Sorted", "no reference"],
    [`${reference}X|Sent|1|Sorted`, "no reference"],
    [`${reference}||1|Sorted`, "no status"],
  ])("%p says of no letter what became of it", (text, fault) => {
    expect(readResponseLine(text)).toEqual({ response: null, faults: [fault] });
  });

  test("of which only a part can be read still says whether its letter was printed", () => {
    const { response, faults } = readResponseLine(`${reference}|Sent|many|Mixed|20.11.2026`);

    expect(response).toEqual({ reference, word: "Sent", sheets: null, threshold: null, despatchedOn: null });
    expect(faults).toEqual(["no count of sheets", "neither sorted nor unsorted", "no date of despatch"]);
    expect(readResponseLine(`${reference}|Sent|1|Sorted|2026-02-30`).faults).toEqual(["no date of despatch"]);
  });

  test("says that it was in one word alone", () => {
    const printed = ["Sent", "SENT", "Failed", "sent "].map((word) => {
      const { response } = readResponseLine(`${reference}|${word}|1|Sorted`);
      return response && isPrinted(response);
    });
    expect(printed).toEqual([true, false, false, false]);
  });
});

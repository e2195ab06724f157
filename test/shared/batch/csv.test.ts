import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createCsvReader, readCsv, UnreadableFile, writeCsvRow } from "../../../shared/batch/csv.ts";
import { processorClock } from "../../support/processor.ts";

describe("readCsv", () => {
  test.each<[string, string, string[][]]>([
    [
      "rows ended by LF",
      "a,b\nc,d\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "rows ended by CRLF",
      "a,b\r\nc,d",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    ["rows ended by CR alone", "a\rb\r\rc", [["a"], ["b"], [], ["c"]]],
    ["whitespace and a byte order mark at both ends", "\ufeff \t\na,b\n \u200b\n", [["a", "b"]]],
    ["commas and blank rows at the end", "a,b\nc,\n,\n\n ,", [["a", "b"], ["c"]]],
    ["blank rows in the middle", "a\n\n  \nb", [["a"], [], [""], ["b"]]],
    ["spaces before a quote", 'a, "b, c" ,d', [["a", "b, c ", "d"]]],
    ["text after a closing quote", 'a,"b"c"d"', [["a", 'bc"d"']]],
    ["a quote later in a cell", 'a,b"c,d"', [["a", 'b"c', 'd"']]],
    ["doubled quotes", '"a ""b""",""""', [['a "b"', '"']]],
    ["line ends and commas in quotes", '"a\r\nb,\n",c', [["a\r\nb,\n", "c"]]],
    ["a quote that nothing closes", 'a,"b,c\nd', [["a", "b,c\nd"]]],
    ["semicolons", "a;b\nc;d", [["a;b"], ["c;d"]]],
    ["tabs", "a\tb,c", [["a\tb", "c"]]],
    ["a cell of spaces", "a,   ,b", [["a", "", "b"]]],
    ["nothing", "", []],
    ["nothing but what is cut off", "\ufeff ,,\n , \r\n", []],
  ])("reads %s", (_name, text, rows) => {
    expect([...readCsv(text)]).toEqual(rows);
  });

  test("parts cells at tabs where it is told to", () => {
    expect([...readCsv('a\tb, c\n\t"d\te"\t\n', { separator: "\t" })]).toEqual([
      ["a", "b, c"],
      ["", "d\te"],
    ]);
  });

  test("reads back any table that was written", () => {
    const cell = fc.string({
      unit: fc.constantFrom("a", "é", "🙂", ",", '"', "\n", "\r", " ", "\t", ";", "\ufeff"),
    });
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 5 }), (table) => {
        // Without them nothing is cut off the ends.
        const rows = [["head"], ...table, ["foot"]];

        expect([...readCsv(rows.map(writeCsvRow).join(""))].map(orEmpty)).toEqual(rows);
      }),
      { numRuns: 500 },
    );
  });

  test("reads the same however the text is cut", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", ",", '"', "\n", "\r", " ", "\ufeff"),
      maxLength: 40,
    });
    fc.assert(
      fc.property(text, fc.array(fc.nat(40), { maxLength: 5 }), (whole, cuts) => {
        const places = [0, ...cuts.filter((cut) => cut < whole.length).sort((a, b) => a - b), whole.length];
        const reader = createCsvReader();

        const rows = places.flatMap((place, n) => reader.push(whole.slice(places[n - 1] ?? 0, place)));

        expect([...rows, ...reader.end()]).toEqual([...readCsv(whole)]);
      }),
      { numRuns: 500 },
    );
  });
});

describe("what cannot be read", () => {
  test("is a cell over 131,072 characters, counted in code points", () => {
    expect([...readCsv(`a,${"🙂".repeat(131_072)}`)]).toHaveLength(1);
    expect(() => [...readCsv(`a,${"x".repeat(131_073)}`)]).toThrow(UnreadableFile);
    expect(() => [...readCsv(`a,"${"🙂".repeat(131_073)}"`)]).toThrow("longer than 131072 characters");
  });

  test("is a row of more than 1,000 columns", () => {
    expect([...readCsv(`${"a,".repeat(999)}b`)][0]).toHaveLength(1000);
    expect(() => [...readCsv(`${"a,".repeat(10_000)}b`)]).toThrow("more than 1000 columns");
  });

  test("is NUL", () => {
    expect(() => [...readCsv("a,b\0")]).toThrow("Notify cannot read this file");
  });

  test.each([
    ["plain", "x".repeat(65_536)],
    ["quoted", `"${"x,".repeat(32_768)}`],
    ["columns", "x,".repeat(32_768)],
  ])("is a line of a gigabyte, after no more than a few of its pieces: %s", (_name, piece) => {
    const reader = createCsvReader();
    let pieces = 0;

    expect(() => {
      while (pieces < 16_384) {
        pieces += 1;
        reader.push(piece);
      }
    }).toThrow(UnreadableFile);
    expect(pieces).toBeLessThan(6);
  });

  test("takes no longer where a long cell comes in many pieces", () => {
    const reader = createCsvReader();
    const spentMs = processorClock();

    reader.push(`"${'🙂""'.repeat(80_000)}`);

    expect(spentMs()).toBeLessThan(1000);
  });
});

/** A row with one empty cell is a blank one. */
function orEmpty(row: string[]): string[] {
  return row.length === 0 ? [""] : row;
}

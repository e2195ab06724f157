import { describe, expect, test } from "bun:test";
import { UnreadableFile } from "../../../shared/batch/csv.ts";
import { toCsv } from "../../../shared/batch/to-csv.ts";
import { processorClock } from "../../support/processor.ts";
import { type SheetXml, workbookFiles, zipOf } from "../../support/xlsx.ts";

const people: SheetXml = {
  name: "People",
  xml: `<cols><col min="3" max="3" hidden="1"/></cols><sheetData>
    <row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c><c r="D1" t="inlineStr"><is><t>day</t></is></c></row>
    <row r="2"><c r="A2"><v>7.400123456E9</v></c><c r="B2" t="s"><v>3</v></c><c r="C2"><v>1</v></c><c r="D2" s="1"><v>46208</v></c></row>
    <row r="3" hidden="1"><c r="A3"><v>1</v></c></row>
    <row r="5"><c r="A5" t="str"><f>B5</f><v>07400123457</v></c><c r="B5" t="b"><v>1</v></c><c r="D5" s="1"><v>46208.5</v></c></row>
  </sheetData>`,
};
const strings = ["phone number", "name", "secret", "Ann, &quot;the&quot; Archer &amp; co"];

const read = (files: Record<string, string>) => toCsv(zipOf(files), "people.xlsx");

const sheetOf = (xml: string) => workbookFiles([{ name: "A", xml: `<sheetData>${xml}</sheetData>` }]);

describe("readWorkbook", () => {
  test("makes CSV of what a person sees of a sheet", async () => {
    expect(await read(workbookFiles([people], strings))).toBe(
      [
        '"phone number",name,day',
        '7400123456,"Ann, ""the"" Archer & co",2026-07-05',
        ",,",
        '07400123457,True,"2026-07-05 12:00:00"',
        "",
      ].join("\r\n"),
    );
  });

  test("takes the first sheet that is visible", async () => {
    const other = (name: string, state: string) => ({
      name,
      state,
      xml: '<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>',
    });
    const sheets = [other("Hidden", "hidden"), other("Very", "veryHidden"), people];

    expect(await read(workbookFiles(sheets, strings))).toStartWith('"phone number",name,day');
  });

  test("reads an empty sheet as no rows", async () => {
    expect(await read(sheetOf(""))).toBe("");
  });
});

describe("what cannot be read", () => {
  const unreadable = "Notify cannot read this file - try using a different file type";

  test.each<[string, () => Uint8Array<ArrayBuffer>]>([
    ["a zip of other things", () => zipOf({ "a.txt": "x" })],
    [
      "a workbook without its sheet",
      () => zipOf({ "xl/workbook.xml": workbookFiles([people])["xl/workbook.xml"] ?? "" }),
    ],
    ["one with hidden sheets alone", () => zipOf(workbookFiles([{ ...people, state: "hidden" }]))],
    ["one that was cut off", () => zipOf(workbookFiles([people], strings)).slice(0, -400)],
    ["the start of a zip", () => Uint8Array.of(0x50, 0x4b, 3, 4)],
    ["one without its strings", () => zipOf(workbookFiles([people], []))],
  ])("is %s", async (_name, file) => {
    await expect(toCsv(file(), "a.xlsx")).rejects.toThrow(unreadable);
  });

  test("is one whose packed bytes were changed", async () => {
    const bytes = zipOf(workbookFiles([people], strings));
    for (let at = 40; at < 400; at += 1) bytes[at] = 0xff;

    await expect(toCsv(bytes, "a.xlsx")).rejects.toThrow(UnreadableFile);
  });

  test.each<[string, string]>([
    ["a cell in the last row and column", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'],
    ["the same without its row", '<row><c r="XFD1"><v>1</v></c></row>'],
    ["the same with another prefix", '<x:row r="1"><x:c r="XFD1"><v>1</v></x:c></x:row>'],
    ["a cell that is far away in figures beyond counting", '<row r="99999999999999999999"/>'],
    ["a cell whose place is no place", '<row><c r="&#88;FD1"><v>1</v></c></row>'],
    ["a place behind a bracket", '<row a=">" r="1048576"><c a=">" r="B1048576"><v>1</v></c></row>'],
    ["a wide row over many", `<row>${"<c/>".repeat(1000)}</row>${"<row/>".repeat(6000)}`],
    ["too many columns", `<row>${"<c/>".repeat(1001)}</row>`],
  ])("is %s, at once", async (_name, xml) => {
    const spentMs = processorClock();

    await expect(read(sheetOf(xml))).rejects.toThrow(/too large|columns|rows/);
    await read(sheetOf(xml)).catch(() => {});

    expect(spentMs()).toBeLessThan(3000);
  });

  test("is 200 MB in one, of which no more is unpacked than fits, whatever the zip says", async () => {
    const files = workbookFiles([people], strings);
    const sheet = "xl/worksheets/sheet1.xml";
    const bomb = zipOf({ ...files, [sheet]: new Uint8Array(200 * 1024 * 1024) }, { [sheet]: 100 });
    expect(bomb.length).toBeLessThan(1024 * 1024);

    await expect(toCsv(bomb, "a.xlsx")).rejects.toThrow("The workbook is too large");
  });
});

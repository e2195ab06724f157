import { describe, expect, test } from "bun:test";
import { decodeFile } from "../../../shared/batch/decode.ts";
import { toCsv } from "../../../shared/batch/to-csv.ts";

const text = "phone number,name\r\n07400123456,Zoë – Łukasz\r\n";
const western = "phone number,name\r\n07400123456,Zoë – “Ann” €5\r\n";

function utf16(of: string, order: "le" | "be"): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(of.length * 2);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < of.length; at += 1) view.setUint16(at * 2, of.charCodeAt(at), order === "le");
  return bytes;
}

const windows1252 = Uint8Array.from(
  Buffer.from(
    western.replaceAll("–", "\x96").replaceAll("“", "\x93").replaceAll("”", "\x94").replaceAll("€", "\x80"),
    "latin1",
  ),
);

describe("decodeFile", () => {
  test.each<[string, Uint8Array<ArrayBuffer>, string]>([
    ["UTF-8", new TextEncoder().encode(text), text],
    ["UTF-8 with a byte order mark", new TextEncoder().encode(`\ufeff${text}`), text],
    ["UTF-16 little-endian", utf16(text, "le"), text],
    ["UTF-16 big-endian", utf16(text, "be"), text],
    ["UTF-16 little-endian with a byte order mark", utf16(`\ufeff${text}`, "le"), text],
    ["UTF-16 big-endian with a byte order mark", utf16(`\ufeff${text}`, "be"), text],
    ["Windows-1252", windows1252, western],
    ["nothing", new Uint8Array(), ""],
  ])("reads %s", (_name, bytes, expected) => {
    expect(decodeFile(bytes)).toBe(expected);
  });

  test.each<[string, Uint8Array<ArrayBuffer>]>([
    ["NULs in UTF-8", new TextEncoder().encode("phone number\0\n07400123456\n\0")],
    ["NULs in Windows-1252", Uint8Array.of(...windows1252, 0)],
    ["UTF-16 cut in the middle of a character", utf16(`\ufeff${text}`, "le").slice(0, -1)],
    ["UTF-16 with half a surrogate pair", utf16(`\ufeff${text}\ud800`, "le")],
    ["a PDF", Uint8Array.from(Buffer.from("%PDF-1.7\n%âãÏÓ\n\x01\x02", "latin1"))],
    ["a PNG", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13)],
    ["an old Excel workbook", Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0, 0, 0)],
    ["random bytes", crypto.getRandomValues(new Uint8Array(5000))],
  ])("refuses %s", (_name, bytes) => {
    expect(() => decodeFile(bytes)).toThrow("Notify cannot read this file - try using a different file type");
  });
});

describe("toCsv", () => {
  const encode = (of: string) => new TextEncoder().encode(of);

  test("takes tabs for separators in a file whose name says so", async () => {
    expect(await toCsv(encode('a, x\tb\n1,5\t"2"\n'), "people.tsv")).toBe('"a, x",b\r\n"1,5",2\r\n');
  });

  test("and where the header has tabs and no comma, as what Excel calls Unicode text", async () => {
    expect(
      await toCsv(utf16("\ufeffphone number\tname\r\n07400123456\tAnn, B\r\n", "le"), "people.txt"),
    ).toBe('"phone number",name\r\n07400123456,"Ann, B"\r\n');
  });

  test("leaves CSV as it is, whatever is in its rows", async () => {
    const csv = "phone number,name\r\n07400123456,a\tb\r\n";

    expect(await toCsv(encode(csv), "people.csv")).toBe(csv);
  });

  test("refuses more than 10 MB", async () => {
    const most = 10 * 1024 * 1024;

    expect(await toCsv(new Uint8Array(most).fill(0x61), "a.csv")).toHaveLength(most);
    await expect(toCsv(new Uint8Array(most + 1).fill(0x61), "a.csv")).rejects.toThrow(
      "cannot be larger than 10 MB",
    );
  });
});

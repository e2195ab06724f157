import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { checkFile, type GivenFile } from "../../../shared/document/check-file.ts";
import { recogniseType } from "../../../shared/document/recognise.ts";
import { sample, samples } from "./sample-files.ts";

const supported =
  "Supported types are: '.csv', '.doc', '.docx', '.jpeg', '.jpg', '.json', '.odt', '.pdf', '.png', '.rtf', '.txt', '.xlsx'";
const limit = 2 * 1024 * 1024 + 1024;

function check(bytes: Uint8Array, over: Partial<GivenFile> = {}) {
  return checkFile({ base64: Buffer.from(bytes).toString("base64"), filename: null, isCsv: false, ...over });
}

async function messageOf(bytes: Uint8Array, over: Partial<GivenFile> = {}) {
  const verdict = check(bytes, over);
  return verdict.ok ? null : verdict.message;
}

describe("recogniseType", () => {
  test.each(Object.entries(samples))("knows %s", (_name, { bytes, mimeType }) => {
    expect(recogniseType(bytes)).toBe(mimeType);
  });

  test("answers whatever it is given", () => {
    const starts = [[], ...Object.values(samples).map(({ bytes }) => [...bytes.subarray(0, 40)])];
    const hostile = fc
      .tuple(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 300 }))
      .map(([start, rest]) => Uint8Array.from([...start, ...rest]));

    fc.assert(
      fc.property(hostile, (bytes) => {
        expect(recogniseType(bytes)).toContain("/");
      }),
      { numRuns: 300 },
    );
  });
});

describe("a file without a name", () => {
  test.each(["pdf", "png", "jpeg", "rtf", "docx", "xlsx", "odt", "doc", "json", "text", "csv", "utf-16"])(
    "is taken for what its content is: %s",
    async (name) => {
      expect(await check(sample(name))).toEqual({
        ok: true,
        file: { bytes: sample(name), filename: null, mimeType: samples[name]?.mimeType ?? "" },
      });
    },
  );

  test.each(["gif", "zip", "xls", "exe", "bytes", "html", "html in utf-16", "svg", "xml", "php", "script"])(
    "is refused where that is not supported: %s",
    async (name) => {
      const { mimeType } = samples[name] ?? {};

      expect(await messageOf(sample(name))).toBe(`Unsupported file type '${mimeType}'. ${supported}`);
    },
  );

  test.each(["csv", "text", "json", "html", "latin text", "utf-16"])(
    "is CSV when said so: %s",
    async (name) => {
      expect(await check(sample(name), { isCsv: true })).toMatchObject({ file: { mimeType: "text/csv" } });
    },
  );

  test("is not CSV, though said so, when it is no text", async () => {
    expect(await check(sample("png"), { isCsv: true })).toMatchObject({ file: { mimeType: "image/png" } });
    expect(await messageOf(sample("gif"), { isCsv: true })).toStartWith("Unsupported file type 'image/gif'.");
  });
});

describe("a file with a name", () => {
  test.each([
    ["a.csv", "text/csv"],
    ["a.doc", "application/msword"],
    ["a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
    ["a.jpeg", "image/jpeg"],
    ["a.jpg", "image/jpeg"],
    ["a.json", "application/json"],
    ["a.odt", "application/vnd.oasis.opendocument.text"],
    ["a.pdf", "application/pdf"],
    ["a.png", "image/png"],
    ["a.rtf", "application/rtf"],
    ["a.txt", "text/plain"],
    ["a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"],
    ["A.B.PDF", "application/pdf"],
    [".txt", "text/plain"],
    [`${"é".repeat(96)}.txt`, "text/plain"],
    [`${"🦉".repeat(96)}.txt`, "text/plain"],
  ])("is what its name says: %s", async (filename, mimeType) => {
    expect(await check(sample("gif"), { filename })).toEqual({
      ok: true,
      file: { bytes: sample("gif"), filename, mimeType },
    });
  });

  test.each([
    ["a.exe", ".exe"],
    ["a.PDF.Exe", ".exe"],
    ["a.html", ".html"],
    ["a.xls", ".xls"],
    ["pdf.", "."],
    ["a.pdf ", ".pdf "],
    ["a.constructor", ".constructor"],
  ])("is refused where that is not supported: %s", async (filename, extension) => {
    expect(await messageOf(sample("pdf"), { filename })).toBe(
      `Unsupported file type '${extension}'. ${supported}`,
    );
  });

  test("may have 100 characters", async () => {
    expect(await messageOf(sample("pdf"), { filename: `${"é".repeat(97)}.txt` })).toBe(
      "`filename` cannot be longer than 100 characters",
    );
  });
});

describe("what is wrong first", () => {
  test.each<[string, Partial<GivenFile>, string]>([
    [
      "too much text, whatever it is",
      { base64: "é".repeat(3 * 1024 * 1024 + 1) },
      "Uploaded file exceeds file size limit",
    ],
    ["no base64", { base64: "YQ", filename: "x".repeat(200) }, "Document is not base64 encoded"],
    ["no ASCII", { base64: "YQ==é" }, "Document is not base64 encoded"],
    ["nothing", { base64: "", filename: `${"x".repeat(200)}.exe` }, "Document must not be empty"],
    ["nothing of the alphabet", { base64: "!-_ " }, "Document must not be empty"],
    [
      "a long name",
      { base64: "YQ==", filename: `${"x".repeat(200)}.exe` },
      "`filename` cannot be longer than 100 characters",
    ],
  ])("%s", async (_what, over, message) => {
    const verdict = checkFile({ base64: "YQ==", filename: null, isCsv: false, ...over });

    expect(verdict).toEqual({ ok: false, message });
  });

  test("2 MiB and 1 KiB are taken, not a byte more", async () => {
    expect((await check(new Uint8Array(limit).fill(97))).ok).toBe(true);
    expect(await messageOf(new Uint8Array(limit + 1), { filename: "a.exe" })).toBe(
      "Uploaded file exceeds file size limit",
    );
  });
});

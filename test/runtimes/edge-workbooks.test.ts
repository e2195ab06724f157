import { beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { withHelpersOnce } from "../../api/build-edge-helpers.ts";
import * as whole from "../../shared/batch/workbook.ts";
import { atEnd } from "../support/at-end.ts";
import { type SheetXml, workbookFiles, zipOf } from "../support/xlsx.ts";

let bundled: typeof whole;
let script: string;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "pillarbox-workbooks-"));
  atEnd.push(() => rm(folder, { recursive: true, force: true }));
  const outfile = join(folder, "workbook.mjs");
  await build({
    entryPoints: [join(import.meta.dir, "../../shared/batch/workbook.ts")],
    outfile,
    bundle: true,
    format: "esm",
    platform: "browser",
    plugins: [withHelpersOnce],
  });
  script = await Bun.file(outfile).text();
  bundled = await import(outfile);
});

const people: SheetXml = {
  name: "People",
  xml: `<cols><col min="3" max="3" hidden="1"/></cols><sheetData>
    <row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>0</v></c><c r="D1" t="inlineStr"><is><t>day</t></is></c></row>
    <row r="2"><c r="A2"><v>7.400123456E9</v></c><c r="B2" t="b"><v>1</v></c><c r="C2"><v>1</v></c><c r="D2" s="1"><v>46208.5</v></c></row>
    <row r="4"><c r="A4" t="str"><f>B5</f><v>07400123457</v></c><c r="B4" t="e"><v>#N/A</v></c></row>
  </sheetData>`,
};

describe("the workbook reader of the edge's bundle", () => {
  test("reads what the whole library reads", async () => {
    const workbook = zipOf(workbookFiles([people], ["phone number", "name"]));
    const read = await bundled.readWorkbook(workbook);

    expect(read).toStartWith('"phone number",name,day\r\n7400123456,True,');
    expect(read).toBe(await whole.readWorkbook(workbook));
  });

  test.each<[string, () => Uint8Array<ArrayBuffer>]>([
    ["a zip of other things", () => zipOf({ "a.txt": "x" })],
    ["a workbook that was cut off", () => zipOf(workbookFiles([people])).slice(0, -400)],
    [
      "a sheet that is no XML",
      () => zipOf(workbookFiles([{ name: "A", xml: "<sheetData><row></sheetData>" }])),
    ],
  ])("refuses %s as it does", async (_, workbook) => {
    const refusal = (reading: Promise<string>) =>
      reading.then(
        (csv) => ({ csv }),
        (error) => ({ refusal: String(error) }),
      );

    expect(await refusal(bundled.readWorkbook(workbook()))).toEqual(
      await refusal(whole.readWorkbook(workbook())),
    );
  });

  test("holds each of Babel's helpers once", () => {
    const helpers = [...script.matchAll(/^function (_[a-z]\w+)\(/gim)].map(([, name = ""]) =>
      name.replace(/\d+$/, ""),
    );

    expect(helpers).toContain("_isNativeReflectConstruct");
    expect(helpers.filter((name) => name === "_isNativeReflectConstruct")).toHaveLength(1);
    expect(helpers.filter((name) => name === "_wrapNativeSuper")).toHaveLength(1);
  });
});

import { mostFileBytes } from "./batch.ts";
import { readCsv, UnreadableFile, writeCsvRow } from "./csv.ts";
import { decodeFile } from "./decode.ts";
import { isWorkbook, readWorkbook } from "./workbook.ts";

/**
 * An uploaded file as the CSV that is kept of it (`spec/recipients.md` 4.1): text in any of its encodings, with commas or
 * tabs, or an `.xlsx` workbook. Throws `UnreadableFile` for anything else.
 */
export async function toCsv(bytes: Uint8Array<ArrayBuffer>, fileName: string): Promise<string> {
  if (bytes.length > mostFileBytes) throw new UnreadableFile("The file cannot be larger than 10 MB");
  if (isWorkbook(bytes)) return await readWorkbook(bytes);
  const text = decodeFile(bytes);
  if (!hasTabs(text, fileName)) return text;
  let csv = "";
  for (const cells of readCsv(text, { separator: "\t" })) csv += writeCsvRow(cells);
  return csv;
}

/** By its name, or because its header has tabs and no comma. */
function hasTabs(text: string, fileName: string): boolean {
  if (/\.(?:tsv|tab)$/i.test(fileName)) return true;
  const header = /^\s*([^\r\n]*)/.exec(text.slice(0, 100_000))?.[1] ?? "";
  return header.includes("\t") && !header.includes(",");
}

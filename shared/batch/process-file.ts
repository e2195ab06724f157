import type { Db } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import type { Storage } from "../storage/storage.ts";
import { placeholdersIn } from "../template/placeholders.ts";
import { findTemplateDetails, type TemplateDetails } from "../template/queries.ts";
import { readColumns } from "./columns.ts";
import { readCsv } from "./csv.ts";
import { readBatch } from "./files.ts";
import type { BatchWork } from "./process.ts";
import { addressOfRow, personalisationOfRow, readRow, recipientOfRow, referenceOfRow } from "./row.ts";
import { type BatchRow, readRows } from "./rows-text.ts";

interface Place {
  sql: Db;
  cipher: Cipher;
  storage: Storage;
}

/**
 * The rows of a batch's file, read one after the other as often as they are asked for. Throws where the file or the
 * template is missing, and as `Storage.get` does.
 */
export async function readWork(
  { sql, cipher, storage }: Place,
  batch: BatchWork,
  signal: AbortSignal,
): Promise<() => Iterable<BatchRow>> {
  const template = await findTemplateDetails(sql, batch.serviceId, batch.templateId, batch.templateVersion);
  const text = await readBatch({ storage, cipher }, batch, signal);
  if (template === null || text === null) {
    throw new Error(`Cannot work batch ${batch.id}: its ${text === null ? "file" : "template"} is missing`);
  }
  return batch.fileFormat === "rows" ? () => readRows(text) : () => csvRows(text, template);
}

/** Whatever is wrong with the file was said when it was uploaded (`spec/recipients.md` 4.4). */
function* csvRows(csv: string, template: TemplateDetails): Generator<BatchRow> {
  const rows = readCsv(csv);
  const header = rows.next();
  if (header.done) return;
  const columns = readColumns(header.value, { type: template.type, placeholders: placeholdersOf(template) });
  let number = 0;
  for (const cells of rows) {
    const row = readRow(columns, cells, number);
    number += 1;
    yield {
      to: template.type === "letter" ? addressOfRow(row) : recipientOfRow(columns, row),
      personalisation: JSON.stringify(personalisationOfRow(columns, row)),
      reference: referenceOfRow(row),
    };
  }
}

/** What a file's columns are held against: a letter's sender may have placeholders too. */
export function placeholdersOf({
  contactBlock,
  subject,
  content,
}: Pick<TemplateDetails, "contactBlock" | "subject" | "content">): string[] {
  return [contactBlock, subject, content].flatMap((text) => placeholdersIn(text ?? ""));
}

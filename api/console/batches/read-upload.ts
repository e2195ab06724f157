import type { Context } from "hono";
import { type Columns, readColumns } from "../../../shared/batch/columns.ts";
import { readCsv } from "../../../shared/batch/csv.ts";
import { placeholdersOf } from "../../../shared/batch/process-file.ts";
import { readRow, type SheetRow } from "../../../shared/batch/row.ts";
import { findUpload, type UploadToSend } from "../../../shared/batch/uploads.ts";
import { findVersionObject, type TemplateObject } from "../../../shared/template/admin.ts";
import type { Personalisation } from "../../../shared/template/placeholders.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import { type BatchPageDeps, idOf } from "./deps.ts";

/** A file that can be sent, with how it begins. */
export interface ReadyUpload {
  upload: UploadToSend;
  /** The version it was checked against. */
  template: TemplateObject;
  columns: Columns;
  /** The first of its rows. */
  rows: readonly SheetRow[];
  /** What fills the first row's message. */
  values: Personalisation;
}

const shownRows = 10;

/** Throws where the service has no such upload, or it cannot be sent. */
export async function readUpload(
  c: Context<ConsoleEnv>,
  { ask, batchFiles, now }: Pick<BatchPageDeps, "ask" | "batchFiles" | "now">,
): Promise<ReadyUpload> {
  const serviceId = c.var.service.id;
  const upload = await ask((sql) => findUpload(sql, { serviceId, id: idOf(c), now: now() }));
  if (!upload?.valid) throw notThere();
  const { templateId, templateVersion, templateType: type } = upload;
  const [template, csv] = await Promise.all([
    ask((sql) => findVersionObject(sql, serviceId, templateId, templateVersion)),
    batchFiles.read(upload),
  ]);
  if (!template || csv === null) throw notThere();
  const lines = readCsv(csv);
  const header = lines.next();
  const columns = readColumns(header.done ? [] : header.value, {
    type,
    placeholders: placeholdersOf(template),
  });
  const rows = Array.from(lines.take(shownRows), (cells, number) => readRow(columns, cells, number));
  return { upload, template, columns, rows, values: rows[0]?.values ?? new Map() };
}

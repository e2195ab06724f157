import type { CheckedFile, CheckedRow } from "../../../shared/batch/check.ts";
import type { Columns } from "../../../shared/batch/columns.ts";
import { fileFaultMessage, summaryLines } from "../../../shared/batch/fault-messages.ts";
import type { Value } from "../../../shared/batch/row.ts";
import { shownCell } from "../../../shared/batch/shown-cell.ts";
import type { Upload } from "../../../shared/batch/uploads.ts";
import type { Json, JsonObject } from "../../../shared/json/json.ts";
import type { Channel } from "../../../shared/notification/notification.ts";

/** Rows of a file without faults that are shown, so that somebody can see what they send. */
const shownOfGood = 10;

/** What is told of an upload: the file's faults, and the rows that have some or else the first ones. */
export function viewUpload(upload: Upload, file: CheckedFile, type: Channel): JsonObject {
  const shown = file.wrong.length > 0 ? file.wrong : file.first.slice(0, shownOfGood);
  return {
    id: upload.id,
    service: upload.serviceId,
    original_file_name: upload.originalFileName,
    template: upload.templateId,
    template_version: upload.templateVersion,
    sender_id: upload.senderId,
    notification_count: upload.notificationCount,
    valid: upload.valid,
    column_headers: file.columns.headers.map(shownCell),
    errors: file.faults.map((fault) => ({ error: fault.kind, message: fileFaultMessage(fault) })),
    summary: summaryLines(type, file.counts),
    rows: shown.map((row) => viewRow(file.columns, row)),
  };
}

/** A row with the columns that the template uses. `row_number` is what a spreadsheet calls it, below its header. */
function viewRow(columns: Columns, { row, check }: CheckedRow): JsonObject {
  return {
    job_row_number: row.number,
    row_number: row.number + 2,
    errors: check.faults.map(({ message }) => message),
    cells: columns.slots
      .filter(({ key }) => columns.wanted.has(key))
      .map(({ header, key }) => ({
        column: shownCell(header),
        value: shownValue(row.values.get(key) ?? null),
        error: check.cells.get(key) ?? null,
      })),
  };
}

function shownValue(value: Value): Json {
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => item && shownCell(item));
  return value && shownCell(value);
}

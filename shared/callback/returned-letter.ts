import type { Cipher } from "../encryption.ts";
import type { NewJob } from "../queue/enqueue.ts";
import { toTimestamp } from "../time/timestamp.ts";
import { callbackJob } from "./job.ts";
import { pythonJson } from "./python-json.ts";

/** A letter that the post brought back. */
export interface ReturnedLetter {
  id: string;
  serviceId: string;
  createdAt: Date;
  /** Through the API, with the client's reference; or by a person of the service, from a file of this name where it was one PDF. */
  sent: { by: "API"; reference: string | null } | { by: string; fileName: string | null };
  /** Null for a hidden one, which all PDFs of a service share. */
  template: { id: string; name: string; version: number } | null;
  /** Where it was one row of many, counted from 0. */
  spreadsheet: { fileName: string; row: number } | null;
}

/** The job that tells the letter's service, `spec/callbacks.md` 2 in its order. */
export async function returnedLetterCallback(
  letter: ReturnedLetter,
  cipher: Cipher,
): Promise<NewJob<"service-callbacks">> {
  const { id, serviceId, sent, template, spreadsheet } = letter;
  const body = pythonJson([
    ["notification_id", id],
    ["reference", "reference" in sent ? sent.reference : null],
    ["date_sent", toTimestamp(letter.createdAt)],
    ["sent_by", sent.by],
    ["template_name", template?.name ?? null],
    ["template_id", template?.id ?? null],
    ["template_version", template?.version ?? null],
    ["spreadsheet_file_name", spreadsheet?.fileName ?? null],
    // As a person sees it: rows count from 1, below one with the columns' names.
    ["spreadsheet_row_number", spreadsheet && spreadsheet.row + 2],
    ["upload_letter_file_name", template === null && "fileName" in sent ? sent.fileName : null],
  ]);
  return await callbackJob({ type: "returned_letter", serviceId, subjectId: id, body }, cipher);
}

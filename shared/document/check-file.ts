import { decodeLenientBase64 } from "../lenient-base64.ts";
import { extensionOf, isSupported, mimeTypeOfName, unsupportedMessage } from "./file-types.ts";
import { isText, recogniseType } from "./recognise.ts";

/** A file as its sender gave it. */
export interface GivenFile {
  base64: string;
  filename: string | null;
  isCsv: boolean;
}

/** One that may be sent. */
export interface CheckedFile {
  bytes: Uint8Array<ArrayBuffer>;
  filename: string | null;
  mimeType: string;
}

export type FileVerdict = { ok: true; file: CheckedFile } | { ok: false; message: string };

/** Notify's 2 MB, and a little. */
const largestBytes = 2 * 1024 * 1024 + 1024;
/** Of what is sent to Notify's document service, which does not read on. */
const largestText = 3 * 1024 * 1024;
const longestName = 100;

/** Judges a file as Notify's document service does; its name alone tells the type where it has one. */
export function checkFile({ base64, filename, isCsv }: GivenFile): FileVerdict {
  const refuse = (message: string): FileVerdict => ({ ok: false, message });
  if (base64.length > largestText) return refuse("Uploaded file exceeds file size limit");
  const bytes = decodeLenientBase64(base64);
  if (bytes === null) return refuse("Document is not base64 encoded");
  if (bytes.length > largestBytes) return refuse("Uploaded file exceeds file size limit");
  if (bytes.length === 0) return refuse("Document must not be empty");
  if (filename !== null) {
    if ([...filename].length > longestName) return refuse("`filename` cannot be longer than 100 characters");
    const mimeType = mimeTypeOfName(filename);
    if (mimeType === null) return refuse(unsupportedMessage(`.${extensionOf(filename)}`));
    return { ok: true, file: { bytes, filename, mimeType } };
  }
  // CSV looks like any other text.
  const mimeType = isCsv && isText(bytes) ? "text/csv" : recogniseType(bytes);
  if (!isSupported(mimeType)) return refuse(unsupportedMessage(mimeType));
  return { ok: true, file: { bytes, filename, mimeType } };
}

import * as v from "valibot";
import { isJsonObject, type JsonObject } from "../../../shared/json/json.ts";
import { checkFields, validationError } from "./faults.ts";
import { fileFaults, hasLoneSurrogate, hasNul, notOfType } from "./words.ts";

const defaultWeeks = 26;
const weeks = /^\s*0*([1-9]|[1-6]\d|7[0-8]) weeks?\s*$/i;

/** A file to be sent by email, given as the value of a placeholder. */
export const FileObject = v.object({
  file: v.pipe(
    v.string(notOfType("string")),
    v.metadata({ description: "The file's content as base64: 2 MB at most.", contentEncoding: "base64" }),
  ),
  is_csv: v.optional(
    v.nullable(
      v.pipe(
        v.boolean(fileFaults.notBoolean("is_csv")),
        v.metadata({ description: "That it is a CSV file. Not beside `filename`." }),
      ),
    ),
  ),
  confirm_email_before_download: v.optional(
    v.nullable(
      v.pipe(
        v.boolean(fileFaults.notBoolean("confirm_email_before_download")),
        v.metadata({
          description:
            "Whether the recipient must give their email address to download it. On unless `false`.",
        }),
      ),
    ),
  ),
  retention_period: v.optional(
    v.nullable(
      v.pipe(
        v.custom<string>(
          (value) => typeof value === "string" && weeks.test(value),
          fileFaults.retentionPeriod,
        ),
        v.metadata({
          description: "How long it can be downloaded: 1 to 78 weeks.",
          type: "string",
          pattern: "weeks?",
          default: `${defaultWeeks} weeks`,
          examples: ["4 weeks"],
        }),
      ),
    ),
  ),
  filename: v.optional(
    v.nullable(
      v.pipe(
        v.string(notOfType("string", "null")),
        v.check((name) => name.includes("."), fileFaults.noExtension),
        v.check((name) => !name.includes("\0"), hasNul),
        v.check((name) => name.isWellFormed(), hasLoneSurrogate),
        v.metadata({ description: "Its name for the recipient.", maxLength: 100, examples: ["letter.pdf"] }),
      ),
    ),
  ),
});

export function isFileObject(value: unknown): value is JsonObject {
  return isJsonObject(value) && Object.hasOwn(value, "file");
}

/** What a file object asks for, with what was left out. */
export interface AskedFile {
  base64: string;
  filename: string | null;
  isCsv: boolean;
  /** Whether the recipient's address must be given before the file is. */
  mustConfirm: boolean;
  /** How long it is kept. */
  weeks: number;
}

/** Throws everything that is wrong with one file; unlike elsewhere, unexpected keys are named first. */
export function readFileObject(file: JsonObject): AskedFile {
  const checked = checkFields(FileObject, file);
  const clash = Object.hasOwn(file, "is_csv") && Object.hasOwn(file, "filename");
  if (checked.ok && !clash) {
    const { output } = checked;
    return {
      base64: output.file,
      filename: output.filename ?? null,
      isCsv: output.is_csv ?? false,
      mustConfirm: output.confirm_email_before_download !== false,
      weeks: Number(weeks.exec(output.retention_period ?? "")?.[1] ?? defaultWeeks),
    };
  }
  const messages = checked.ok ? [] : [...checked.faults.unexpected, ...checked.faults.wrong];
  if (clash) messages.push(fileFaults.clash);
  throw validationError(messages);
}

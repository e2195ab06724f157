import * as v from "valibot";
import { isJsonObject, type JsonObject } from "../../../shared/json/json.ts";
import { checkFields, validationError } from "./faults.ts";
import { fileFaults, notOfType } from "./words.ts";

const weeks = /^\s*0*([1-9]|[1-6]\d|7[0-8]) weeks?\s*$/i;

/** A file to be sent by email, given as the value of a placeholder. */
const FileObject = v.object({
  file: v.string(notOfType("string")),
  is_csv: v.optional(v.nullable(v.boolean(fileFaults.notBoolean("is_csv")))),
  confirm_email_before_download: v.optional(
    v.nullable(v.boolean(fileFaults.notBoolean("confirm_email_before_download"))),
  ),
  retention_period: v.optional(
    v.nullable(
      v.custom<string>((value) => typeof value === "string" && weeks.test(value), fileFaults.retentionPeriod),
    ),
  ),
  filename: v.optional(
    v.nullable(
      v.pipe(
        v.string(notOfType("string", "null")),
        v.check((name) => name.includes("."), fileFaults.noExtension),
      ),
    ),
  ),
});

export function isFileObject(value: unknown): value is JsonObject {
  return isJsonObject(value) && Object.hasOwn(value, "file");
}

/** Throws everything that is wrong with one file; unlike elsewhere, unexpected keys are named first. */
export function checkFileObject(file: JsonObject): void {
  const checked = checkFields(FileObject, file);
  const clash = Object.hasOwn(file, "is_csv") && Object.hasOwn(file, "filename");
  if (checked.ok && !clash) return;
  const messages = checked.ok ? [] : [...checked.faults.unexpected, ...checked.faults.wrong];
  if (clash) messages.push(fileFaults.clash);
  throw validationError(messages);
}

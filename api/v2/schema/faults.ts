import * as v from "valibot";
import { RequestError } from "../../../shared/errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../../../shared/json/json.ts";
import { byCodePoint } from "../../../shared/json/stringify.ts";
import { notExpected, notOfType, required } from "./words.ts";

/** Fields in the order in which Notify reports them. Messages of theirs leave out the field's name. */
export type Fields = v.ObjectSchema<v.ObjectEntries, undefined>;

export interface Faults {
  /** Properties that break their rules, in the schema's order. */
  wrong: string[];
  /** Required properties that are absent. */
  missing: string[];
  /** At most one: properties the schema does not know. */
  unexpected: string[];
}

export type Checked<Output> = { ok: true; output: Output } | { ok: false; faults: Faults };

/** Holds an object against a schema and collects everything that is wrong with it. */
export function checkFields<Schema extends Fields>(
  schema: Schema,
  object: JsonObject,
): Checked<v.InferOutput<Schema>> {
  const result = v.safeParse(schema, object);
  const unknown = Object.keys(object).filter((key) => !Object.hasOwn(schema.entries, key));
  if (result.success && unknown.length === 0) return { ok: true, output: result.output };
  const faults: Faults = { wrong: [], missing: [], unexpected: [] };
  for (const issue of result.issues ?? []) {
    const name = String(issue.path?.[0]?.key);
    // The object itself complains only of keys that are not there.
    if (issue.type === "object") faults.missing.push(`${name} ${required}`);
    else faults.wrong.push(`${name} ${issue.message}`);
  }
  if (unknown.length > 0) faults.unexpected.push(notExpected(unknown.sort(byCodePoint)));
  return { ok: false, faults };
}

/** Reads a request by its schema. Throws everything that is wrong at once, in Notify's order. */
export function readFields<Schema extends Fields>(schema: Schema, request: Json): v.InferOutput<Schema> {
  if (!isJsonObject(request)) throw validationError([notOfType("object")({ input: request })]);
  const checked = checkFields(schema, request);
  if (checked.ok) return checked.output;
  const { wrong, missing, unexpected } = checked.faults;
  throw validationError([...wrong, ...missing, ...unexpected]);
}

/** Says each message once, and without apostrophes: Notify's way to unquote Python's `repr`. */
export function validationError(messages: readonly string[]): RequestError {
  const plain = new Set(messages.map((message) => message.replaceAll("'", "")));
  return new RequestError(
    400,
    [...plain].map((message) => ({ error: "ValidationError", message })),
  );
}

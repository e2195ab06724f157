import * as v from "valibot";
import { isJsonObject, type Json } from "../../shared/json/json.ts";
import { parseInstant } from "../../shared/time/instant.ts";
import { parseUuid } from "../uuid.ts";
import { type FieldFaults, Refusal } from "./refusal.ts";

/*
 * Requests that Notify reads by an object's schema (marshmallow): faults are told by field, and what the schema does
 * not know is passed over (`spec/admin-api.md` 1).
 */

/** Reads a request. Throws everything that is wrong at once. */
export function readObject<Entries extends v.ObjectEntries>(
  schema: v.ObjectSchema<Entries, undefined>,
  request: Json,
): v.InferOutput<v.ObjectSchema<Entries, undefined>> {
  if (!isJsonObject(request)) throw new Refusal(400, { _schema: ["Invalid input type."] });
  const result = v.safeParse(schema, request);
  if (result.success) return result.output;
  const faults: FieldFaults = {};
  for (const issue of result.issues) {
    const name = String(issue.path?.[0]?.key);
    const told = Object.hasOwn(faults, name) ? faults[name] : undefined;
    const message = isAbsent(issue) ? "Missing data for required field." : issue.message;
    faults[name] = [...(told ?? []), message];
  }
  throw new Refusal(400, faults);
}

/** The object itself complains only of keys that are not there. */
function isAbsent(issue: v.BaseIssue<unknown>): boolean {
  return issue.type === "object" && issue.path?.length === 1;
}

function not(kind: string) {
  return ({ input }: { input: unknown }) =>
    input === null ? "Field may not be null." : `Not a valid ${kind}.`;
}

export const Flag = v.boolean(not("boolean"));

/** Text that Postgres can hold. */
export function text(most: number) {
  return v.pipe(
    v.string(not("string")),
    v.check((value) => !value.includes("\0") && value.isWellFormed(), "Not a valid string."),
    v.check((value) => value.length <= most, `Longer than maximum length ${most}.`),
  );
}

/** From 0 on. */
export function count(most: number) {
  return v.pipe(
    v.number(not("integer")),
    v.integer("Not a valid integer."),
    v.minValue(0, "Must be greater than or equal to 0."),
    v.maxValue(most, `Must be less than or equal to ${most}.`),
  );
}

export const Uuid = v.pipe(
  v.string(not("UUID")),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const uuid = parseUuid(dataset.value);
    if (uuid !== null) return uuid;
    addIssue({ message: "Not a valid UUID." });
    return NEVER;
  }),
);

export const Instant = v.pipe(
  v.string(not("datetime")),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const at = parseInstant(dataset.value);
    if (at !== null) return at;
    addIssue({ message: "Not a valid datetime." });
    return NEVER;
  }),
);

export function choice<const Choices extends readonly string[]>(choices: Choices) {
  return v.picklist(choices, ({ input }) =>
    input === null ? "Field may not be null." : `Must be one of: ${choices.join(", ")}.`,
  );
}

import * as v from "valibot";
import { isJsonObject, type JsonObject } from "../../../shared/json/json.ts";
import { parseUuid } from "../../uuid.ts";
import { hasLoneSurrogate, hasNul, notOfType, notUuid, tooLong } from "./words.ts";

/*
 * Fields that several requests have. Their `metadata` is what the OpenAPI document says of them beyond what the
 * validators say themselves: JSON Schema, taken over word by word.
 *
 * Anything stored as it came must be text that Postgres can hold: no NUL, no half of a surrogate pair.
 */

/** Any of Python's ways to write a UUID; read as the canonical one. The description is for the OpenAPI document. */
export function describedUuid(description: string) {
  return v.pipe(
    v.string(notUuid),
    v.metadata({ description, format: "uuid" }),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const uuid = parseUuid(dataset.value);
      if (uuid !== null) return uuid;
      addIssue({ message: notUuid });
      return NEVER;
    }),
  );
}

export const StorableText = v.pipe(
  v.string(notOfType("string")),
  v.check((text) => !text.includes("\0"), hasNul),
  v.check((text) => text.isWellFormed(), hasLoneSurrogate),
);

const longestReference = 1000;

export const Reference = v.pipe(
  StorableText,
  v.check((text) => text.length <= longestReference || isWithin(text, longestReference), tooLong),
  v.metadata({
    description: "Your own name for the message or a group of them, to find them by. Need not be unique.",
    maxLength: longestReference,
    examples: ["your-reference"],
  }),
);

export const Personalisation = v.pipe(
  v.custom<JsonObject>(isJsonObject, notOfType("object")),
  v.metadata({
    description:
      "A value for each placeholder of the template: text, a number, true or false, or a list. Names match whatever their case, spaces, `_` and `-`.",
    type: "object",
    additionalProperties: true,
    examples: [{ name: "Amala" }],
  }),
);

/** Counts code points, as Python's `len` does. */
function isWithin(text: string, most: number): boolean {
  if (text.length > most * 2) return false;
  return [...text].length <= most;
}

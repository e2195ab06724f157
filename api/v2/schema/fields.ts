import * as v from "valibot";
import { isJsonObject, type JsonObject } from "../../../shared/json/json.ts";
import { parseUuid } from "../../uuid.ts";
import { hasLoneSurrogate, hasNul, notOfType, notUuid, tooLong } from "./words.ts";

/*
 * Fields that several requests have. Anything stored as it came must be text that Postgres can hold: no NUL, no
 * half of a surrogate pair.
 */

/** Any of Python's ways to write a UUID; read as the canonical one. */
export const Uuid = v.pipe(
  v.string(notUuid),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const uuid = parseUuid(dataset.value);
    if (uuid !== null) return uuid;
    addIssue({ message: notUuid });
    return NEVER;
  }),
);

export const StorableText = v.pipe(
  v.string(notOfType("string")),
  v.check((text) => !text.includes("\0"), hasNul),
  v.check((text) => text.isWellFormed(), hasLoneSurrogate),
);

const longestReference = 1000;

export const Reference = v.pipe(
  StorableText,
  v.check((text) => text.length <= longestReference || isWithin(text, longestReference), tooLong),
);

export const Personalisation = v.custom<JsonObject>(isJsonObject, notOfType("object"));

/** Counts code points, as Python's `len` does. */
function isWithin(text: string, most: number): boolean {
  if (text.length > most * 2) return false;
  return [...text].length <= most;
}

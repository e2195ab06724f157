import type { Json } from "../../../shared/json/json.ts";
import { pythonRepr, pythonText } from "../../../shared/json/python.ts";

/*
 * What Notify says of a value that breaks its schema, without the name of the field. Values are shown as Python
 * prints them; the apostrophes this makes are removed from the whole message in the end (`faults.ts`).
 */

interface Issue {
  input: unknown;
}

export function notOfType(...types: string[]): (issue: Issue) => string {
  const expected = types.join(", ");
  return ({ input }) => `${shown(input)} is not of type ${expected}`;
}

export function notOneOf(allowed: readonly Json[]): (issue: Issue) => string {
  return ({ input }) => `${shown(input)} is not one of ${pythonRepr([...allowed])}`;
}

export function tooLong({ input }: Issue): string {
  return `${shown(input)} is too long`;
}

export const required = "is a required property";

/** Expects the names sorted. */
export function notExpected(names: readonly string[]): string {
  const list = names.map(pythonRepr).join(", ");
  return `Additional properties are not allowed (${list} ${names.length === 1 ? "was" : "were"} unexpected)`;
}

export const notUuid = "is not a valid UUID";
export const notHttpsUrl = "is not a valid https url";

export const datetimeFaults = {
  format:
    "datetime format is invalid. It must be a valid ISO8601 date time format, https://en.wikipedia.org/wiki/ISO_8601",
  past: "datetime can not be in the past",
  future: "datetime can only be 24 hours in the future",
};

export const fileFaults = {
  notBoolean:
    (name: string) =>
    ({ input }: Issue): string =>
      `Unsupported value for ${name}: ${pythonText(asJson(input))}. Use a boolean true or false value.`,
  retentionPeriod: ({ input }: Issue): string =>
    `Unsupported value for retention_period: ${pythonText(asJson(input))}. Supported periods are from 1 to 78 weeks.`,
  noExtension: "`filename` must end with a file extension. For example, filename.csv",
  clash: "Do not set a value for `is_csv` if `filename` is set.",
};

/** Ours: Notify answers 500 to these. */
export const hasNul = "must not contain NUL characters";
export const hasLoneSurrogate = "must not contain unpaired surrogates";

function shown(value: unknown): string {
  return pythonRepr(asJson(value));
}

/** Valibot's issues do not know that whatever it looks at came out of `parseJson`. */
function asJson(value: unknown): Json {
  return value as Json;
}

import { isJsonObject, type Json, type JsonObject } from "../json/json.ts";
import { pythonText } from "../json/python.ts";
import { placeholderKey } from "./placeholders.ts";

export interface Sanitised {
  personalisation: JsonObject;
  /** What changed, by keys spelled as in the personalisation. */
  changes: Record<string, { unsanitised: Json; sanitised: Json }>;
}

const word = "[\\p{L}\\p{N}_]";
const boundary = `(?:(?<=${word})(?!${word})|(?<!${word})(?=${word}))`;
// The counts are far beyond any real host, and keep hostile values from taking long.
const urlLike = new RegExp(
  `(?<![@.])${boundary}(?:https?://)?(?:[\\p{L}\\p{N}_\\-]{1,255}\\.){1,127}[a-z]{2,63}${boundary}(?!@)(?:[/?#][^\\s<]*)?`,
  "giu",
);
const markdown = /[`*_()\\{}[\]<>#+\-.!|]/g;

/** Takes links and Markdown out of the values whose keys are named (`spec/public-api.md` 6). Files are left alone. */
export function sanitisePersonalisation(personalisation: JsonObject, keys: readonly string[]): Sanitised {
  const chosen = new Set(keys.map(placeholderKey));
  const entries = Object.entries(personalisation).map(([key, unsanitised]) => {
    const sanitised = chosen.has(placeholderKey(key)) ? sanitiseValue(unsanitised) : unsanitised;
    return { key, unsanitised, sanitised };
  });
  const changed = entries.filter(({ unsanitised, sanitised }) => !isSame(unsanitised, sanitised));
  // Assigned one by one, `__proto__` would be lost.
  return {
    personalisation: Object.fromEntries(entries.map(({ key, sanitised }) => [key, sanitised])),
    changes: Object.fromEntries(
      changed.map(({ key, unsanitised, sanitised }) => [key, { unsanitised, sanitised }]),
    ),
  };
}

function sanitiseValue(value: Json): Json {
  if (value === null || (isJsonObject(value) && "file" in value)) return value;
  return Array.isArray(value) ? value.map(sanitiseValue) : sanitiseText(pythonText(value));
}

function isSame(value: Json, sanitised: Json): boolean {
  return value === sanitised || pythonText(value) === pythonText(sanitised);
}

/** Without anything like a URL, and with a backslash before every character that Markdown might act on. */
export function sanitiseText(text: string): string {
  const withoutUrls = text.includes(".") ? text.replace(urlLike, defuse) : text;
  return withoutUrls.replace(markdown, "\\$&");
}

/** Bare hosts may be names, `J.Smith`: they stay, spaced apart. */
function defuse(url: string): string {
  return /^[a-zA-Z0-9.-]+$/.test(url) ? url.replaceAll(".", ". ") : "";
}

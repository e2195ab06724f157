import { trimmed } from "./dvla-lines.ts";

/** What the printer says of one letter. */
export interface Response {
  reference: string;
  /** Its own word: `Sent`, or anything else for a letter that was not. */
  word: string;
  /** Sheets, as the printer counted them; null where that cannot be read, like the two below. */
  sheets: number | null;
  threshold: Threshold | null;
  /** `2026-11-23`; null too where files are of before there was such a column. */
  despatchedOn: string | null;
}

export type Threshold = "sorted" | "unsorted";

/** The letter it is about can be told, or `response` is null; what cannot be read of it is named. */
export interface ReadLine {
  response: Response | null;
  faults: string[];
}

/** `reference|Sent|sheets|Sorted|2026-11-23`, `spec/letters.md` 5.3; columns beyond those say nothing. */
export function readResponseLine(text: string): ReadLine {
  const columns = text.split("|").map(trimmed);
  if (columns.length < 4) return { response: null, faults: [`${columns.length} columns in place of 4`] };
  const [reference = "", word = "", sheets = "", threshold = "", despatched = ""] = columns;
  const known = reference.toUpperCase();
  if (!isLetterReference(known)) return { response: null, faults: ["no reference"] };
  if (word === "") return { response: null, faults: ["no status"] };
  const response = {
    reference: known,
    word,
    sheets: /^\d{1,5}$/.test(sheets) ? Number(sheets) : null,
    threshold: thresholdOf(threshold),
    despatchedOn: isDate(despatched) ? despatched : null,
  };
  const faults = [
    ...(response.sheets === null ? ["no count of sheets"] : []),
    ...(response.threshold === null ? ["neither sorted nor unsorted"] : []),
    ...(response.despatchedOn === null && despatched !== "" ? ["no date of despatch"] : []),
  ];
  return { response, faults };
}

export function isLetterReference(text: string): boolean {
  return /^[0-9A-Z]{16}$/.test(text);
}

/** Exactly this word is success. */
export function isPrinted({ word }: Response): boolean {
  return word === "Sent";
}

function thresholdOf(text: string): Threshold | null {
  const word = text.toLowerCase();
  return word === "sorted" || word === "unsorted" ? word : null;
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = new Date(text);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

import type { JsonObject } from "../json/json.ts";
import { stripObscure } from "../text/whitespace.ts";
import type { Columns, Slot } from "./columns.ts";

/** What a cell says, null where it is empty; a list where several columns have the same name. */
export type Value = string | null | (string | null)[];

/** A row after the header (`spec/recipients.md` 4.2). */
export interface SheetRow {
  /** From 0, blank rows included: a notification's `job_row_number`. */
  number: number;
  /** By `placeholderKey` of each column, also of those that the template does not have. */
  values: ReadonlyMap<string, Value>;
}

export function readRow(columns: Columns, cells: readonly string[], number: number): SheetRow {
  const values = new Map<string, Value>();
  // Of two spellings the later counts, even where it is empty.
  for (const slot of columns.slots) values.set(slot.key, slotValue(slot, cells));
  return { number, values };
}

function slotValue({ isRecipient, indexes }: Slot, cells: readonly string[]): Value {
  if (indexes.length === 1 || isRecipient) return cellValue(cells, indexes.at(-1) ?? -1);
  let value: Value = null;
  for (const index of indexes) {
    const next = cellValue(cells, index);
    // Empty ones that come first are dropped, later ones kept.
    if (value === null) value = next;
    else if (Array.isArray(value)) value.push(next);
    else value = [value, next];
  }
  return value;
}

function cellValue(cells: readonly string[], index: number): string | null {
  return stripObscure(cells[index] ?? "") || null;
}

/** What is stored with the notification: the template's placeholders and the recipient's columns, by their keys. */
export function personalisationOfRow(columns: Columns, { values }: SheetRow): JsonObject {
  const personalisation: JsonObject = {};
  for (const [key, value] of values) if (columns.wanted.has(key)) personalisation[key] = value;
  return personalisation;
}

/** A text's number or an email's address as it stands in the file; null where the cell is empty. */
export function recipientOfRow(columns: Columns, { values }: SheetRow): string | null {
  for (const key of columns.recipientKeys) return textOf(values.get(key));
  return null;
}

/** The lines of a letter's address, for `parsePostalAddress`. A seventh column takes the postcode's place, even blank. */
export function addressOfRow({ values }: SheetRow): string {
  const last = values.has("addressline7") ? "addressline7" : "postcode";
  return [...firstLines, last].map((key) => textOf(values.get(key)) ?? "").join("\n");
}

const firstLines = [1, 2, 3, 4, 5, 6].map((number) => `addressline${number}`);

/** What a column named `reference` says: the notification's client reference. */
export function referenceOfRow({ values }: SheetRow): string | null {
  return textOf(values.get("reference"));
}

function textOf(value: Value | undefined): string | null {
  return Array.isArray(value) ? (value.findLast((item) => item !== null) ?? null) : (value ?? null);
}

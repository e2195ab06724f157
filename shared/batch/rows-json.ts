import { isJsonObject, type Json } from "../json/json.ts";
import { pythonText } from "../json/python.ts";
import { placeholderKey } from "../template/placeholders.ts";
import { stripObscure } from "../text/whitespace.ts";
import { type Columns, readColumns, type SheetTemplate } from "./columns.ts";
import { readCsv } from "./csv.ts";
import { readRow, type SheetRow, type Value } from "./row.ts";

/** What a request holds of rows: a table, with what its rows say as often as they are read. */
export interface Sheet {
  columns: Columns;
  /** A text in place of a row that is none: what is wrong with it. */
  rows(): Iterable<SheetRow | { number: number; fault: string }>;
}

/** A file in the words of a request, with its header. Reading its rows throws as `readCsv` does. */
export function sheetOfCsv(csv: string, template: SheetTemplate): Sheet {
  const header = readCsv(csv).next();
  const columns = readColumns(header.done ? [] : header.value, template);
  return {
    columns,
    *rows() {
      let number = -1;
      for (const cells of readCsv(csv)) {
        if (number >= 0) yield readRow(columns, cells, number);
        number += 1;
      }
    },
  };
}

/** Lists of values, the first of which has the columns' names; or objects. Unlike in a file, `""` is a value. */
export function sheetOfJson(given: readonly Json[], template: SheetTemplate): Sheet {
  const [first] = given;
  return Array.isArray(first)
    ? sheetOfLists(first, given.slice(1), template)
    : sheetOfObjects(given, template);
}

function sheetOfLists(header: readonly Json[], given: readonly Json[], template: SheetTemplate): Sheet {
  const columns = readColumns(header.map(pythonText), template);
  return {
    columns,
    *rows() {
      for (const [number, cells] of given.entries()) {
        if (!Array.isArray(cells)) yield { number, fault: "is not of type array" };
        else if (cells.some(holdsObject)) yield { number, fault: noObjects };
        else yield rowOfList(columns, cells, number);
      }
    },
  };
}

function rowOfList(columns: Columns, cells: readonly Json[], number: number): SheetRow {
  const values = new Map<string, Value>();
  for (const { key, isRecipient, indexes } of columns.slots) {
    const found = indexes.map((index) => valueFrom(cells[index] ?? null));
    values.set(key, found.length === 1 || isRecipient ? (found.at(-1) ?? null) : found.flat());
  }
  return { number, values };
}

function sheetOfObjects(given: readonly Json[], template: SheetTemplate): Sheet {
  const names = new Map<string, string>();
  for (const row of given) {
    if (!isJsonObject(row)) continue;
    for (const name of Object.keys(row)) {
      const key = placeholderKey(name);
      if (!names.has(key)) names.set(key, name);
    }
  }
  const columns = readColumns([...names.values()], template);
  return {
    columns,
    *rows() {
      for (const [number, row] of given.entries()) {
        if (!isJsonObject(row)) {
          yield { number, fault: "is not of type object" };
          continue;
        }
        if (Object.values(row).some(holdsObject)) {
          yield { number, fault: noObjects };
          continue;
        }
        const values = new Map<string, Value>();
        for (const key of names.keys()) values.set(key, null);
        for (const [name, value] of Object.entries(row)) values.set(placeholderKey(name), valueFrom(value));
        yield { number, values };
      }
    },
  };
}

/** Of files, say: those go with single emails. */
const noObjects = "cannot contain objects";

function holdsObject(value: Json): boolean {
  return Array.isArray(value) ? value.some(holdsObject) : isJsonObject(value);
}

function valueFrom(value: Json): Value {
  if (value === null) return null;
  return Array.isArray(value) ? value.map(textFrom) : textFrom(value);
}

function textFrom(value: Json): string | null {
  return value === null ? null : stripObscure(pythonText(value));
}

import { mostColumns } from "./batch.ts";
import { UnreadableFile } from "./csv.ts";

/** A workbook may have so many. */
const mostSheetRows = 200_000;
/** Of the rectangle that a sheet fills: its reader holds them all. */
const mostSheetCells = 5_000_000;

const tag = /<(?:[^\s<>/"'=:]+:)?(row|c|col)(?=[\s/>])((?:[^<>"']|"[^"]*"|'[^']*')*)>/g;

export interface SheetShape {
  /** From 0. */
  hiddenRows: ReadonlySet<number>;
  hiddenColumns: ReadonlySet<number>;
}

/**
 * Looks over a sheet's XML before somebody reads it who would make room for each cell it may have: one at the far corner
 * is enough for billions. Throws `UnreadableFile` for a sheet that is too large. What is no sheet has no such cells.
 */
export function guardSheet(xml: string): SheetShape {
  const hiddenRows = new Set<number>();
  const hiddenColumns = new Set<number>();
  let groups = 0;
  let rows = 0;
  let columns = 0;
  let column = 0;
  for (const [, name, attributes = ""] of xml.matchAll(tag)) {
    const isHidden = /\shidden\s*=\s*["'](?:1|true)["']/.test(attributes);
    if (name === "col") {
      groups += 1;
      if (groups > mostColumns) throw new UnreadableFile(`The file has more than ${mostColumns} columns`);
      if (isHidden) for (const index of columnRange(attributes)) hiddenColumns.add(index);
      continue;
    }
    const place = /\sr\s*=\s*["']([^"']*)["']/.exec(attributes)?.[1];
    if (name === "row") {
      rows = place === undefined ? rows + 1 : Math.max(rows, wholeNumber(place));
      column = 0;
      if (isHidden) hiddenRows.add(rows - 1);
    } else {
      const [letters, number] = placeOf(place);
      column = letters === "" ? column + 1 : columnOf(letters);
      columns = Math.max(columns, column);
      rows = Math.max(rows, number);
    }
    if (columns > mostColumns) throw new UnreadableFile(`The file has more than ${mostColumns} columns`);
    if (rows > mostSheetRows) throw new UnreadableFile(`The workbook has more than ${mostSheetRows} rows`);
    if (rows * columns > mostSheetCells) throw new UnreadableFile("The workbook is too large");
  }
  return { hiddenRows, hiddenColumns };
}

/** `AB12`: its letters and its number. */
function placeOf(place: string | undefined): [letters: string, row: number] {
  if (place === undefined) return ["", 0];
  const [, letters = "", number = ""] = /^([A-Za-z]{1,3})(\d{1,7})$/.exec(place) ?? [];
  // What is not written like that somebody may read otherwise than we do.
  if (letters === "") throw new UnreadableFile("The workbook is too large");
  return [letters, Number(number)];
}

function wholeNumber(text: string): number {
  return /^\d{1,7}$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
}

/** 1 for A, 27 for AA. */
function columnOf(letters: string): number {
  return [...letters.toUpperCase()].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
}

/** The columns of `<col min="2" max="4">`, from 0, as far as a sheet may go. */
function columnRange(attributes: string): number[] {
  const [first, last] = ["min", "max"].map((name) =>
    Number(new RegExp(`\\s${name}\\s*=\\s*["'](\\d{1,6})["']`).exec(attributes)?.[1] ?? 0),
  );
  if (!first || !last) return [];
  const end = Math.min(last, mostColumns);
  return Array.from({ length: Math.max(0, end - first + 1) }, (_, n) => first - 1 + n);
}

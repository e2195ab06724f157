import * as v from "valibot";

/** One row of a batch, as it will be sent. Its number is its place, from 0. */
export interface BatchRow {
  /** As it was typed; of a letter the address, a line each. Null where nothing was. */
  to: string | null;
  /** JSON text of an object; null where the template asks for nothing. */
  personalisation: string | null;
  /** The service's own name for it. */
  reference: string | null;
}

const Row = v.tuple([v.nullable(v.string()), v.nullable(v.string()), v.nullable(v.string())]);

/** Rows as text, a line each: what is kept of a request for many, and what jobs carry. */
export function writeRows(rows: readonly BatchRow[]): string {
  return rows
    .map(({ to, personalisation, reference }) => `${JSON.stringify([to, personalisation, reference])}\n`)
    .join("");
}

/** Reads them one after the other, holding one. Throws where a line is none. */
export function* readRows(text: string): Generator<BatchRow> {
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf("\n", at);
    const line = text.slice(at, end === -1 ? text.length : end);
    const [to, personalisation, reference] = v.parse(Row, JSON.parse(line));
    yield { to, personalisation, reference };
    at = end === -1 ? text.length : end + 1;
  }
}

export interface RowGroup {
  /** Its first row's number. */
  firstRow: number;
  rows: readonly BatchRow[];
}

/** Rows stored together: one commit each, small enough that nobody else waits long for it. */
const mostRowsAtOnce = 500;
const mostCharactersAtOnce = 1_000_000;

/** Rows from number `from` on in groups, the last of which may be small. */
export function* groupRows(rows: Iterable<BatchRow>, from: number): Generator<RowGroup> {
  let group: BatchRow[] = [];
  let characters = 0;
  let number = 0;
  for (const row of rows) {
    number += 1;
    if (number <= from) continue;
    group.push(row);
    characters += (row.to?.length ?? 0) + (row.personalisation?.length ?? 0) + (row.reference?.length ?? 0);
    if (group.length < mostRowsAtOnce && characters < mostCharactersAtOnce) continue;
    yield { firstRow: number - group.length, rows: group };
    group = [];
    characters = 0;
  }
  if (group.length > 0) yield { firstRow: number - group.length, rows: group };
}

/** The rows of groups that are known by their place; those of one number to another are cut out. */
export function* pickGroups(
  rows: Iterable<BatchRow>,
  wanted: readonly { firstRow: number; rowCount: number }[],
): Generator<RowGroup> {
  const left = [...wanted].sort((a, b) => a.firstRow - b.firstRow);
  let current = left.shift();
  let group: BatchRow[] = [];
  let number = 0;
  for (const row of rows) {
    if (current === undefined) return;
    if (number >= current.firstRow) group.push(row);
    number += 1;
    if (group.length < current.rowCount) continue;
    yield { firstRow: current.firstRow, rows: group };
    group = [];
    current = left.shift();
  }
}

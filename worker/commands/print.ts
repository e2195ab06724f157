import type { Deps } from "./command.ts";

interface Output {
  print: Deps["print"];
  json: boolean;
}

/** Prints a table, or an array of objects. `nothing` is said where there is no row. */
export function printRows(
  rows: readonly object[],
  { print, json, nothing }: Output & { nothing: string },
): void {
  const entries = rows.map(entriesOf);
  if (json) {
    print(toJson(entries.map((row) => Object.fromEntries(row))));
    return;
  }
  const [first] = entries;
  if (!first) {
    print(nothing);
    return;
  }
  const lines = [first.map(([key]) => key), ...entries.map((row) => row.map(([, value]) => toText(value)))];
  const widths = first.map((_, at) => widest(lines.map((line) => line[at] ?? "")));
  for (const line of lines) {
    const cells = line.map((cell, at) => cell.padEnd(widths[at] ?? 0));
    print(cells.join("  ").trimEnd());
  }
}

/** Prints a line for each fact, or one object. */
export function printFacts(facts: object, { print, json }: Output): void {
  const entries = entriesOf(facts);
  if (json) {
    print(toJson(Object.fromEntries(entries)));
    return;
  }
  const width = widest(entries.map(([key]) => key));
  for (const [key, value] of entries) print(`${key.padEnd(width)}  ${toText(value)}`);
}

/** A row as JSON shows it, for one that stands within another answer. */
export function wireRow(row: object): Record<string, unknown> {
  return Object.fromEntries(entriesOf(row));
}

/** Without what a terminal would obey; line ends and tabs stay. */
export function visible(text: string): string {
  return text.replace(/(?![\n\t])\p{Cc}/gu, "\ufffd");
}

function widest(texts: readonly string[]): number {
  return texts.reduce((width, { length }) => Math.max(width, length), 0);
}

function entriesOf(facts: object): [string, unknown][] {
  return Object.entries(facts).map(([key, value]) => [
    key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    value,
  ]);
}

function toJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

function toText(value: unknown): string {
  if (value === null) return "-";
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "boolean") return value ? "yes" : "no";
  return visible(typeof value === "object" ? JSON.stringify(value) : String(value)).replace(/[\n\t]/g, " ");
}

/** More of a cell is not shown back. */
const mostShownCharacters = 100;

/** A cell as it is shown back to people, who may open it as a spreadsheet: cut short, and harmless there. */
export function shownCell(value: string): string {
  const isLong = value.length > mostShownCharacters;
  return harmlessCell(isLong ? `${value.slice(0, mostShownCharacters).toWellFormed()}…` : value);
}

/**
 * A cell for a spreadsheet: what a program would take for a formula has an apostrophe before it. A signed number, of a
 * telephone say, is left alone.
 */
export function harmlessCell(value: string): string {
  return /^[\s]*[=+\-@|%\t\r＝＋－＠]/.test(value) && !/^[+-]?[\d\s().-]+$/.test(value) ? `'${value}` : value;
}

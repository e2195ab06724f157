/** More of a cell is not shown back. */
const mostShownCharacters = 100;

/**
 * A cell as it is shown back to people, who may open it as a spreadsheet: what a program would take for a formula has an
 * apostrophe before it. A signed number, of a telephone say, is left alone.
 */
export function shownCell(value: string): string {
  const isLong = value.length > mostShownCharacters;
  const short = isLong ? `${value.slice(0, mostShownCharacters).toWellFormed()}…` : value;
  return /^[\s]*[=+\-@|%\t\r＝＋－＠]/.test(short) && !/^[+-]?[\d\s().-]+$/.test(short) ? `'${short}` : short;
}

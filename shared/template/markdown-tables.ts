import { endOfLine, firstVisible, matchAt } from "./markdown-patterns.ts";

// Nowhere two ways to match the same characters, so that no line takes long.
const bareUnderline = /\n *[-:]+ *\|[-| :]*\n/y;
const pipedTable = / *\|[^\n]+\n *\| *[-:][-| :]*\n/y;
const bareRow = /[^\n]*\|[^\n]*(?:\n|$)/y;
const pipedRow = / *\|[^\n]*(?:\n|$)/y;

/** Where a table without outer pipes ends, which nothing shows; -1 when none begins here. */
export function bareTableEnd(text: string, at: number): number {
  const lineEnd = endOfLine(text, at);
  const visible = firstVisible(text, at);
  const pipe = text.lastIndexOf("|", lineEnd - 1);
  if (pipe <= visible || /\s/.test(text.charAt(visible)) || !matchAt(bareUnderline, text, lineEnd)) return -1;
  return rowsEnd(bareRow, text, bareUnderline.lastIndex);
}

/** Where a table with outer pipes ends, which nothing shows; -1 when none begins here. */
export function pipedTableEnd(text: string, at: number): number {
  return matchAt(pipedTable, text, at) ? rowsEnd(pipedRow, text, pipedTable.lastIndex) : -1;
}

function rowsEnd(row: RegExp, text: string, start: number): number {
  let end = start;
  while (end < text.length && matchAt(row, text, end)) end = row.lastIndex;
  while (text[end] === "\n") end += 1;
  return end;
}

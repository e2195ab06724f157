import { matchAt } from "./markdown-patterns.ts";

const bareTable = / *\S[^\n]*\|[^\n]*\n *[-:]+ *\|[-| :]*\n/y;
const pipedTable = / *\|[^\n]+\n *\| *[-:]+[-| :]*\n/y;
const bareRow = /[^\n]*\|[^\n]*(?:\n|$)/y;
const pipedRow = / *\|[^\n]*(?:\n|$)/y;

/** Where a table without outer pipes ends, which nothing shows; -1 when none begins here. */
export function bareTableEnd(text: string, at: number): number {
  return tableEnd(bareTable, bareRow, text, at);
}

/** Where a table with outer pipes ends, which nothing shows; -1 when none begins here. */
export function pipedTableEnd(text: string, at: number): number {
  return tableEnd(pipedTable, pipedRow, text, at);
}

function tableEnd(head: RegExp, row: RegExp, text: string, at: number): number {
  if (!matchAt(head, text, at)) return -1;
  let end = head.lastIndex;
  while (end < text.length && matchAt(row, text, end)) end = row.lastIndex;
  while (text[end] === "\n") end += 1;
  return end;
}

import type { Row } from "./flow.ts";
import { body } from "./geometry.ts";

export interface PlacedRow extends Row {
  /** From the top of the sheet. */
  top: number;
}

/** Cuts rows into pages. There is one at least. */
export function cutPages(rows: readonly Row[]): PlacedRow[][] {
  let page: PlacedRow[] = [];
  let top: number = body.firstTop;
  const pages = [page];
  const endPage = () => {
    page = [];
    top = body.top;
    pages.push(page);
  };
  const gapOf = (row: Row) => (page.length === 0 ? 0 : row.gap);

  for (const group of groupsOf(rows)) {
    const [first] = group;
    if (first === undefined) continue;
    const height = heightOf(group) - first.gap + gapOf(first);
    if (page.length > 0 && (first.beginsPage || top + height > body.bottom)) endPage();
    for (const row of group) {
      // Where the group is more than a page.
      if (page.length > 0 && top + gapOf(row) + row.height > body.bottom) endPage();
      top += gapOf(row);
      page.push({ ...row, top });
      top += row.height;
    }
  }
  return pages;
}

/** Rows that no page may end between. */
function* groupsOf(rows: readonly Row[]): Generator<Row[]> {
  let group: Row[] = [];
  for (const row of rows) {
    if (row.beginsPage && group.length > 0) {
      yield group;
      group = [];
    }
    group.push(row);
    if (row.keepsNext) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

function heightOf(group: readonly Row[]): number {
  return group.reduce((height, { gap, height: own }) => height + gap + own, 0);
}

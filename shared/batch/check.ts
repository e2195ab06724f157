import type { CompiledTemplate } from "../template/template.ts";
import { mostRows } from "./batch.ts";
import { checkRow, missingCell, type RowCheck, type RowRules } from "./check-row.ts";
import { type Columns, readColumns } from "./columns.ts";
import { readCsv } from "./csv.ts";
import { readRow, type SheetRow } from "./row.ts";

/** What a file is checked against. */
export interface FileRules {
  template: CompiledTemplate;
  /** The template's placeholders, as first spelled. */
  placeholders: readonly string[];
  /** The service's. */
  permissions: ReadonlySet<string>;
  /** What stands before its texts; null where nothing does. */
  prefix: string | null;
  /** Messages that the service may still send today, and texts abroad. */
  remaining: { messages: number; international: number };
  /** Those of a service in trial mode may go to nobody else, each through `comparableRecipient`; null: to anyone. */
  allowedRecipients: ReadonlySet<string> | null;
}

/** Why a whole file cannot be sent. */
export type FileFault =
  | { kind: "missing-columns" | "duplicate-columns"; columns: readonly string[] }
  | {
      kind:
        | "already-sent"
        | "no-address-columns"
        | "no-rows"
        | "too-many-rows"
        | "trial-mode-letters"
        | "trial-mode-recipients";
    }
  | { kind: "more-than-remaining" | "more-than-remaining-international"; remaining: number }
  | { kind: "rows-with-errors"; rows: number };

/** How many rows have what is wrong with them; one may be in several. */
export interface RowCounts {
  badRecipients: number;
  missing: number;
  tooLong: number;
  empty: number;
  badQrCodes: number;
}

export interface CheckedRow {
  row: SheetRow;
  check: RowCheck;
}

export interface CheckedFile {
  columns: Columns;
  /** Rows after the header. */
  rowCount: number;
  /** None: it can be sent. */
  faults: readonly FileFault[];
  counts: RowCounts;
  /** The first rows that have something wrong with them. */
  wrong: readonly CheckedRow[];
  /** The first rows of the file. */
  first: readonly CheckedRow[];
}

/** Rows that are shown, of either kind: a page of them says enough. */
const mostShown = 100;

/**
 * Everything that is wrong with a file (`spec/recipients.md` 4.3), beside two things that only Notify's web application
 * looks at: it has rows, and a service in trial mode sends no letters. Rows after the first 100,000 are only counted.
 *
 * Lets others run every few hundred rows: a large file takes seconds. Throws `UnreadableFile` as `readCsv` does.
 */
export async function checkFile(csv: string, rules: FileRules): Promise<CheckedFile> {
  const { template, placeholders, permissions, prefix, allowedRecipients } = rules;
  const rows = readCsv(csv);
  const header = rows.next();
  const columns = readColumns(header.done ? [] : header.value, { type: template.type, placeholders });
  const rowRules: RowRules = { columns, template, permissions, prefix };
  const counts: RowCounts = { badRecipients: 0, missing: 0, tooLong: 0, empty: 0, badQrCodes: 0 };
  const wrong: CheckedRow[] = [];
  const first: CheckedRow[] = [];
  let rowCount = 0;
  let wrongRows = 0;
  let abroad = 0;
  let outsiders = 0;

  for (const cells of rows) {
    const number = rowCount;
    rowCount += 1;
    if (number % (number < mostRows ? 250 : 25_000) === 0) await othersRun();
    if (number >= mostRows) continue;
    const row = readRow(columns, cells, number);
    const check = checkRow(rowRules, row);
    if (check.isAbroad) abroad += 1;
    if (check.comparable !== null && allowedRecipients?.has(check.comparable) === false) outsiders += 1;
    if (first.length < mostShown) first.push({ row, check });
    if (check.cells.size === 0 && check.faults.length === 0) continue;
    wrongRows += 1;
    count(counts, check);
    if (wrong.length < mostShown) wrong.push({ row, check });
  }

  const { remaining } = rules;
  const isInTrial = allowedRecipients !== null;
  const faults: (FileFault | false)[] = [
    columns.missing.length > 0 && { kind: "missing-columns", columns: columns.missing },
    template.type === "letter" && !columns.hasRecipient && { kind: "no-address-columns" },
    columns.duplicates.length > 0 && { kind: "duplicate-columns", columns: columns.duplicates },
    rowCount === 0 && { kind: "no-rows" },
    rowCount > remaining.messages && { kind: "more-than-remaining", remaining: remaining.messages },
    rowCount > mostRows && { kind: "too-many-rows" },
    isInTrial && template.type === "letter" && { kind: "trial-mode-letters" },
    outsiders > 0 && { kind: "trial-mode-recipients" },
    wrongRows > 0 && { kind: "rows-with-errors", rows: wrongRows },
    abroad > remaining.international && {
      kind: "more-than-remaining-international",
      remaining: remaining.international,
    },
  ];
  return { columns, rowCount, faults: faults.filter((fault) => fault !== false), counts, wrong, first };
}

function count(counts: RowCounts, { cells, faults, isBadRecipient }: RowCheck): void {
  const kinds = new Set(faults.map(({ kind }) => kind));
  if (isBadRecipient) counts.badRecipients += 1;
  if ([...cells.values()].includes(missingCell)) counts.missing += 1;
  if (kinds.has("too-long")) counts.tooLong += 1;
  if (kinds.has("empty")) counts.empty += 1;
  if (kinds.has("qr-code")) counts.badQrCodes += 1;
}

function othersRun(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

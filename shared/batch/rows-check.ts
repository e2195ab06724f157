import { placeholderKey } from "../template/placeholders.ts";
import type { CompiledTemplate } from "../template/template.ts";
import { checkRow, type RowRules } from "./check-row.ts";
import {
  addressOfRow,
  personalisationOfRow,
  recipientOfRow,
  referenceOfRow,
  type SheetRow,
  type Value,
} from "./row.ts";
import type { Sheet } from "./rows-json.ts";
import type { BatchRow } from "./rows-text.ts";

export interface RowsRules {
  template: CompiledTemplate;
  /** The service's. */
  permissions: ReadonlySet<string>;
  /** What stands before its texts; null where nothing does. */
  prefix: string | null;
  /** Why a recipient, in normalised form, may not be sent to; or null. */
  recipientRefusal: (normalised: string) => string | null;
  /** Of rows that have none of their own. */
  reference: string | null;
  mostRows: number;
}

export interface CheckedRows {
  /** Whole where nothing is wrong. */
  rows: BatchRow[];
  /** Texts to country codes other than 44. */
  abroad: number;
  /** How many rows have something wrong with them. */
  wrongRows: number;
  /** What, of the first of them. */
  faults: RowFaultWords[];
  tooMany: boolean;
}

export interface RowFaultWords {
  /** From 1, as people count. */
  row: number;
  message: string;
}

/** Rows whose faults are told one by one. */
const mostDetailed = 100;

/** Rows between which others get their turn: a large request takes seconds. */
const rowsATurn = 200;

/** Everything that is wrong with rows that a request holds, as with those of a file (`spec/recipients.md` 4.3). */
export async function checkRows(sheet: Sheet, rules: RowsRules): Promise<CheckedRows> {
  const { columns } = sheet;
  const checked: CheckedRows = { rows: [], abroad: 0, wrongRows: 0, faults: [], tooMany: false };
  for (const row of sheet.rows()) {
    if (row.number >= rules.mostRows) return { ...checked, tooMany: true };
    if (row.number % rowsATurn === rowsATurn - 1) await othersRun();
    const messages = "fault" in row ? [row.fault] : judge(row, { ...rules, columns }, checked);
    if (messages.length > 0) {
      checked.wrongRows += 1;
      // Nothing will be sent.
      checked.rows = [];
      if (checked.wrongRows > mostDetailed) continue;
      for (const message of messages) checked.faults.push({ row: row.number + 1, message });
    } else if (!("fault" in row) && checked.wrongRows === 0) {
      checked.rows.push({
        to: rules.template.type === "letter" ? addressOfRow(row) : recipientOfRow(columns, row),
        personalisation: JSON.stringify(personalisationOfRow(columns, row)),
        reference: referenceOfRow(row) ?? rules.reference,
      });
    }
  }
  return checked;
}

function judge(row: SheetRow, rules: RowRules & RowsRules, counts: { abroad: number }): string[] {
  const texts = [...row.values.values()].flatMap(textsIn);
  if (texts.some((text) => text.includes("\0") || !text.isWellFormed())) return [unstorable];
  const { cells, faults, comparable, isAbroad } = checkRow(rules, row);
  if (isAbroad) counts.abroad += 1;
  const messages = [...cells].map(([key, message]) => `${nameOf(key, rules)}: ${message}`);
  for (const { message } of faults) messages.push(message);
  const refusal = comparable === null ? null : rules.recipientRefusal(comparable);
  if (refusal !== null) messages.push(refusal);
  if ([...(referenceOfRow(row) ?? "")].length > longestReference) messages.push("reference: is too long");
  return messages;
}

const unstorable = "must not contain NUL characters or unpaired surrogates";
const longestReference = 1000;

function textsIn(value: Value): string[] {
  if (value === null) return [];
  return Array.isArray(value) ? value.filter((text) => text !== null) : [value];
}

/** As it was spelled first. */
function nameOf(key: string, { columns }: RowRules): string {
  return columns.headers.find((header) => placeholderKey(header) === key) ?? key;
}

function othersRun(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

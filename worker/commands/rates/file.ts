import * as v from "valibot";
import type { RateList } from "../../../shared/billing/new-rates.ts";
import { RateFile } from "../../../shared/billing/rate-file.ts";

/** The columns of a list in CSV, in any order; `kind` is sms, letter or allowance. */
const columns = ["kind", "from", "to", "postage", "sheets", "organisation_type", "value"] as const;

type Column = (typeof columns)[number];

export const csvColumns = columns.join(",");

/** Rates from JSON or CSV. Throws everything that is wrong with them. */
export function parseRates(text: string): RateList {
  const plain = text.replace(/^\ufeff/, "").trim();
  const result = v.safeParse(RateFile, plain.startsWith("{") ? parseJson(plain) : readCsv(plain));
  if (result.success) return result.output;
  const faults = result.issues.map((issue) => `${v.getDotPath(issue) ?? "it"} ${issue.message}`);
  throw new Error(`Cannot read the rates: ${faults.slice(0, 10).join("; ")}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("Cannot read the rates: they are no JSON");
  }
}

/** As the JSON would have them. */
function readCsv(text: string): Record<string, unknown[]> {
  const [head = "", ...lines] = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const names = cellsOf(head).map((name) => name.toLowerCase());
  if (!names.includes("kind") || names.some((name) => !columns.some((column) => column === name))) {
    throw new Error(`Cannot read the rates: they are no JSON, nor CSV with the columns ${csvColumns}`);
  }
  const rows = lines.map((line) => {
    const cells = cellsOf(line);
    return (column: Column) => cells[names.indexOf(column)] ?? "";
  });
  const unknown = rows.find((cell) => !["sms", "letter", "allowance"].includes(cell("kind")));
  if (unknown) throw new Error(`Cannot read the rates: there is no kind "${unknown("kind")}"`);
  const of = (kind: string) => rows.filter((cell) => cell("kind") === kind);
  return {
    sms: of("sms").map((cell) => ({ valid_from: cell("from"), rate: numberOf(cell("value")) })),
    letters: of("letter").map((cell) => ({
      start_date: cell("from"),
      end_date: cell("to") || null,
      post_class: cell("postage"),
      sheet_count: numberOf(cell("sheets")),
      rate: numberOf(cell("value")),
    })),
    allowances: of("allowance").map((cell) => ({
      from_year: numberOf(cell("from")),
      organisation_type: cell("organisation_type"),
      allowance: numberOf(cell("value")),
    })),
  };
}

/** No cell of ours has a comma or a line end in it. */
function cellsOf(line: string): string[] {
  return line.split(",").map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
}

/** NaN, which the schema refuses, for what is no number. */
function numberOf(cell: string): number {
  return cell === "" ? Number.NaN : Number(cell);
}

import { readSheet } from "read-excel-file/universal";
import { UnreadableFile, unreadable, writeCsvRow } from "./csv.ts";
import { guardSheet, type SheetShape } from "./workbook-guard.ts";
import { listZip, unzip } from "./zip.ts";

/** Whether a file is a zip, as `.xlsx` is. */
export function isWorkbook(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/** Of all that is in a workbook, unpacked: some ten times the largest file. */
const mostUnpackedBytes = 64 * 1024 * 1024;

/**
 * The first visible sheet of an `.xlsx` workbook as CSV, without its hidden rows and columns (`spec/recipients.md` 4.1).
 * Its reader unpacks whatever it finds and holds all of it, so everything is looked over first. Throws
 * `UnreadableFile` for what is too large, and for what is no workbook.
 */
export async function readWorkbook(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const { number, shape } = await lookOver(bytes);
  try {
    const rows = await readSheet<string>(bytes.slice().buffer, number, {
      trim: false,
      parseNumber: plainNumber,
    });
    return toCsv(rows, shape);
  } catch {
    // It has a dozen ways to say so.
    throw new UnreadableFile(unreadable);
  }
}

interface Found {
  /** The sheet's among the workbook's, from 1. */
  number: number;
  shape: SheetShape;
}

async function lookOver(bytes: Uint8Array<ArrayBuffer>): Promise<Found> {
  const texts = new Map<string, string>();
  const shapes = new Map<string, SheetShape>();
  let room = mostUnpackedBytes;
  for (const entry of listZip(bytes)) {
    if (!/\.(?:xml|rels)$/.test(entry.name)) continue;
    const content = await unzip(bytes, entry, room);
    room -= content.length;
    const xml = new TextDecoder().decode(content);
    if (/^xl\/(?:_rels\/)?workbook\.xml/.test(entry.name)) texts.set(entry.name, xml);
    shapes.set(entry.name, guardSheet(xml));
  }
  const { number, relation } = firstVisible(texts.get("xl/workbook.xml") ?? "");
  const path = pathOf(relation, texts.get("xl/_rels/workbook.xml.rels") ?? "");
  return { number, shape: shapes.get(path) ?? { hiddenRows: new Set(), hiddenColumns: new Set() } };
}

function firstVisible(workbook: string): { number: number; relation: string } {
  const sheets = [...workbook.matchAll(/<(?:[\w.-]+:)?sheet\s([^>]*)>/g)].map(
    ([, attributes = ""]) => attributes,
  );
  const index = sheets.findIndex(
    (attributes) => !/\bstate\s*=\s*["'](?:hidden|veryHidden)["']/.test(attributes),
  );
  if (index === -1) throw new UnreadableFile(unreadable);
  return {
    number: index + 1,
    relation: /\b[\w.-]+:id\s*=\s*["']([^"']*)["']/.exec(sheets[index] ?? "")?.[1] ?? "",
  };
}

/** A relation's file: `worksheets/sheet1.xml` beside the workbook, or `/xl/worksheets/sheet1.xml`. */
function pathOf(relation: string, relations: string): string {
  for (const [, attributes = ""] of relations.matchAll(/<(?:[\w.-]+:)?Relationship\s([^>]*)>/g)) {
    if (/\bId\s*=\s*["']([^"']*)["']/.exec(attributes)?.[1] !== relation) continue;
    const target = /\bTarget\s*=\s*["']([^"']*)["']/.exec(attributes)?.[1] ?? "";
    return target.startsWith("/") ? target.slice(1) : `xl/${target}`;
  }
  return "";
}

function toCsv(rows: readonly (readonly unknown[])[], { hiddenRows, hiddenColumns }: SheetShape): string {
  let csv = "";
  rows.forEach((cells, index) => {
    if (hiddenRows.has(index)) return;
    csv += writeCsvRow(cells.filter((_, column) => !hiddenColumns.has(column)).map(cellText));
  });
  return csv;
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? "True" : "False";
  return value instanceof Date ? dateText(value) : String(value);
}

/** `2026-07-05`, with a time where there is one. */
function dateText(date: Date): string {
  const [day = "", time = ""] = date.toISOString().split("T");
  return time.startsWith("00:00:00") ? day : `${day} ${time.slice(0, 8)}`;
}

/** As people write it: Excel keeps 7.400123456E9 for a telephone number. */
function plainNumber(text: string): string {
  const value = Number(text);
  return Number.isFinite(value) && Math.abs(value) < 1e15 ? String(value) : text;
}

import { isSpace } from "../text/whitespace.ts";
import { mostColumns } from "./batch.ts";

/** A file that cannot be read, and why, for whoever uploaded it. */
export class UnreadableFile extends Error {
  override name = "UnreadableFile";
}

/** Python's `csv` gives up on a longer one; in code points. */
const mostCellCharacters = 131_072;

export interface CsvReader {
  /** Takes more of the text, cut anywhere, and answers the rows that it ends. */
  push(text: string): string[][];
  /** Answers the row that nothing ended. */
  end(): string[][];
}

type State = "row" | "cell" | "plain" | "quoted" | "quote-in-quoted" | "after-cr";

/**
 * Reads CSV as Notify does (`spec/recipients.md` 4.1), which is how Python's `csv` reads with `skipinitialspace`, after
 * whitespace was cut from both ends and separators from the far one; no library does the same. CR ends a row too.
 *
 * Holds no more than one row. Throws `UnreadableFile` on too many columns, too long a cell, or NUL.
 */
export function createCsvReader({ separator = "," }: { separator?: "," | "\t" } = {}): CsvReader {
  let state: State = "row";
  let rows: string[][] = [];
  let cells: string[] = [];
  let cell = "";
  let hasBegun = false;
  /** Whitespace and separators that end the file unless something follows. */
  let tail = "";

  const append = (text: string) => {
    cell += text;
    // No code point takes more than two units: whether these are too many is counted once, at the end.
    if (cell.length > 2 * mostCellCharacters) throw tooLong();
  };
  const endCell = () => {
    if (cell.length > mostCellCharacters && [...cell].length > mostCellCharacters) throw tooLong();
    if (cells.length === mostColumns)
      throw new UnreadableFile(`The file has more than ${mostColumns} columns`);
    cells.push(cell);
    cell = "";
  };
  const endRow = () => {
    rows.push(cells);
    cells = [];
    state = "row";
  };

  /** Feeds one character; `at` is its place in `text`, and the answer the place of the next. */
  function step(text: string, at: number): number {
    const char = text.charAt(at);
    const isLineEnd = char === "\n" || char === "\r";
    switch (state) {
      case "after-cr":
        state = "row";
        return char === "\n" ? at + 1 : at;
      case "row":
        if (isLineEnd) {
          endRow();
          if (char === "\r") state = "after-cr";
          return at + 1;
        }
        state = "cell";
        return at;
      case "cell":
        if (char === " ") return at + 1;
        if (char === '"') {
          state = "quoted";
          return at + 1;
        }
        state = "plain";
        return at;
      case "plain": {
        if (isLineEnd) {
          endCell();
          endRow();
          if (char === "\r") state = "after-cr";
          return at + 1;
        }
        if (char === separator) {
          endCell();
          state = "cell";
          return at + 1;
        }
        const end = nextOf(plainEnd[separator], text, at);
        append(text.slice(at, end));
        return end;
      }
      case "quoted": {
        if (char === '"') {
          state = "quote-in-quoted";
          return at + 1;
        }
        const quote = text.indexOf('"', at);
        const end = quote === -1 ? text.length : quote;
        append(text.slice(at, end));
        return end;
      }
      case "quote-in-quoted":
        // Another quote is one of the cell's own; any other text is appended, and quotes in it are literal.
        if (char === '"') append(char);
        state = char === '"' ? "quoted" : "plain";
        return char === '"' ? at + 1 : at;
    }
  }

  function feed(text: string): void {
    for (let at = 0; at < text.length; ) at = step(text, at);
  }

  return {
    push(text) {
      if (text.includes("\0")) throw new UnreadableFile(unreadable);
      let start = 0;
      if (!hasBegun) {
        while (start < text.length && isTrimmed(text.charCodeAt(start))) start += 1;
        if (start === text.length) return [];
        hasBegun = true;
      }
      let end = text.length;
      while (end > start && (text[end - 1] === separator || isTrimmed(text.charCodeAt(end - 1)))) end -= 1;
      if (end > start) {
        feed(tail);
        feed(text.slice(start, end));
        tail = text.slice(end);
      } else tail += text.slice(start);
      const ended = rows;
      rows = [];
      return ended;
    },
    end() {
      if (hasBegun && state !== "row" && state !== "after-cr") {
        endCell();
        endRow();
      }
      const ended = rows;
      rows = [];
      return ended;
    },
  };
}

/** What is said of a file in no encoding we know, or that is no text. */
export const unreadable = "Notify cannot read this file - try using a different file type";

const plainEnd = { ",": /[,\r\n]/g, "\t": /[\t\r\n]/g };

function nextOf(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? text.length;
}

function isTrimmed(unit: number): boolean {
  return isSpace(unit) || zeroWidth.has(unit);
}

const zeroWidth: ReadonlySet<number> = new Set([0x180e, 0x200b, 0x200c, 0x200d, 0x2060, 0xfeff]);

function tooLong(): UnreadableFile {
  return new UnreadableFile(`A cell of the file is longer than ${mostCellCharacters} characters`);
}

const pieceLength = 65_536;

/** The rows of a whole text, one after the other. */
export function* readCsv(text: string, options?: { separator?: "," | "\t" }): Generator<string[]> {
  const reader = createCsvReader(options);
  for (let at = 0; at < text.length; at += pieceLength) yield* reader.push(text.slice(at, at + pieceLength));
  yield* reader.end();
}

/** One row as CSV, with its line end. */
export function writeCsvRow(cells: readonly string[]): string {
  return `${cells.map(writeCell).join(",")}\r\n`;
}

function writeCell(cell: string): string {
  return cell === "" || /^[^\s",]+$/.test(cell) ? cell : `"${cell.replaceAll('"', '""')}"`;
}

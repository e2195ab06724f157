import type { LetterBlock, LetterInline } from "../../../shared/template/letter-blocks.ts";
import type { Characters } from "./characters.ts";
import { type LetterFonts, widthOf } from "./fonts.ts";
import { gaps, list, qrCodeSide, styles, type TextStyle } from "./geometry.ts";
import { breakLines, type Run } from "./lines.ts";

/** What stands beside one another, from the left of the column. */
export interface Row {
  height: number;
  /** Space above it; none at the top of a page. */
  gap: number;
  /** No page ends after it. */
  keepsNext: boolean;
  /** A page begins with it. */
  beginsPage: boolean;
  style: TextStyle;
  runs: Run[];
  /** Data of a QR code, in place of words. */
  qrCode: { data: string; x: number } | null;
}

interface FlowOptions {
  fonts: LetterFonts;
  characters: Characters;
  /** Of the column. */
  width: number;
}

/**
 * A letter's body as rows, from top to bottom, at least `gapAbove` below what precedes them. Page breaks that nothing
 * comes between are one, and one at the end is none.
 */
export function flowRows(
  blocks: readonly LetterBlock[],
  { gapAbove, ...options }: FlowOptions & { gapAbove: number },
): Row[] {
  const flow = new Flow(options, gapAbove);
  flow.blocks(blocks, 0);
  return flow.rows;
}

/** Lines of one weight and style that belong together: a date, a subject. */
export function flowText(
  text: string,
  { style, bold, gap, keepsNext }: { style: TextStyle; bold: boolean; gap: number; keepsNext: boolean },
  options: FlowOptions,
): Row[] {
  const flow = new Flow(options, 0);
  flow.words([{ kind: "text", text, bold }], { style, indent: 0, gap, keepsNext });
  return flow.rows;
}

interface Mark {
  text: string;
  x: number;
}

class Flow {
  readonly rows: Row[] = [];
  private readonly options: FlowOptions;
  /** What the block before asks for beneath it. */
  private gapBelow: number;
  private beginsPage = false;
  /** Of list items whose first row is still to come. */
  private marks: Mark[] = [];

  constructor(options: FlowOptions, gapAbove: number) {
    this.options = options;
    this.gapBelow = gapAbove;
  }

  blocks(blocks: readonly LetterBlock[], indent: number): void {
    for (const block of blocks) this.block(block, indent);
  }

  private block(block: LetterBlock, indent: number): void {
    switch (block.kind) {
      case "heading": {
        const content = block.content.map((piece) =>
          piece.kind === "text" ? { ...piece, bold: true } : piece,
        );
        this.words(content, { style: styles.heading, indent, gap: gaps.beforeHeading, keepsNext: true });
        this.gapBelow = gaps.paragraph;
        break;
      }
      case "paragraph":
        this.words(block.content, { style: styles.body, indent, gap: gaps.paragraph, keepsNext: false });
        this.gapBelow = gaps.paragraph;
        break;
      case "text":
        this.words(block.content, { style: styles.body, indent, gap: 0, keepsNext: false });
        break;
      case "list":
        this.list(block, indent);
        break;
      case "qr-code":
        this.add({ height: qrCodeSide, gap: gaps.paragraph, qrCode: { data: block.data, x: indent } });
        this.gapBelow = gaps.paragraph;
        break;
      case "page-break":
        this.beginsPage = true;
        break;
    }
  }

  words(
    content: readonly LetterInline[],
    { style, indent, gap, keepsNext }: { style: TextStyle; indent: number; gap: number; keepsNext: boolean },
  ): void {
    const { fonts, characters, width } = this.options;
    const printable = content.map((piece) =>
      piece.kind === "text" ? { ...piece, text: characters.printable(piece.text) } : piece,
    );
    const lines = breakLines(printable, { fonts, size: style.size, width: width - indent });
    for (const [at, { runs }] of lines.entries()) {
      // Neither the first line nor the last stands on a page alone.
      const holds = keepsNext || (at === 0 && lines.length > 1) || at === lines.length - 2;
      this.add({
        height: style.lineHeight,
        gap: at === 0 ? gap : 0,
        style,
        keepsNext: holds,
        runs: runs.map((run) => ({ ...run, x: run.x + indent })),
      });
    }
  }

  private list({ ordered, items }: Extract<LetterBlock, { kind: "list" }>, indent: number): void {
    const isNested = indent > 0;
    const marks = items.map((_, at) => (ordered ? `${at + 1}.` : "•"));
    // Figures are equally wide.
    const widest = this.measure(marks.at(-1) ?? "");
    const inner = indent + Math.max(list.indent, widest + list.markGap);
    this.gapBelow = Math.max(this.gapBelow, isNested ? gaps.item : gaps.paragraph);
    for (const [at, blocks] of items.entries()) {
      const text = marks[at] ?? "";
      this.marks.push({ text, x: inner - list.markGap - this.measure(text) });
      if (at > 0) this.gapBelow = Math.max(this.gapBelow, gaps.item);
      this.blocks(blocks, inner);
      // An item that says nothing has a mark all the same.
      if (this.marks.length > 0) this.add({ height: styles.body.lineHeight });
    }
    this.gapBelow = Math.max(this.gapBelow, isNested ? gaps.item : gaps.paragraph);
  }

  private add(row: Pick<Row, "height"> & Partial<Row>): void {
    const marks = this.marks.map(({ text, x }): Run => ({ text, x, bold: false }));
    this.rows.push({
      style: styles.body,
      keepsNext: false,
      qrCode: null,
      ...row,
      gap: Math.max(row.gap ?? 0, this.gapBelow),
      beginsPage: this.beginsPage,
      runs: [...marks, ...(row.runs ?? [])],
    });
    this.marks = [];
    this.gapBelow = 0;
    this.beginsPage = false;
  }

  private measure(text: string): number {
    return widthOf(text, this.options.fonts.regular, styles.body.size);
  }
}

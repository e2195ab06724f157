import type { LetterInline } from "../../../shared/template/letter-blocks.ts";
import { type LetterFonts, widthOf } from "./fonts.ts";

/** Words of one weight that stand in one line. */
export interface Run {
  text: string;
  bold: boolean;
  /** Points from where the line begins. */
  x: number;
}

export interface Line {
  runs: Run[];
  width: number;
}

/**
 * Breaks text into lines no wider than `width`, at its spaces. A word that is wider begins a line of its own and goes
 * on in the next. The text must be printable.
 */
export function breakLines(
  content: readonly LetterInline[],
  { fonts, size, width }: { fonts: LetterFonts; size: number; width: number },
): Line[] {
  const setter = new LineSetter(fonts, size, width);
  for (const piece of content) {
    if (piece.kind === "break") setter.endLine();
    else setter.text(piece.text, piece.bold);
  }
  return setter.finish();
}

class LineSetter {
  private readonly fonts: LetterFonts;
  private readonly size: number;
  private readonly width: number;
  private readonly lines: Line[] = [];
  private line: Line = { runs: [], width: 0 };
  /** What is not yet in a line, as it may go on in another weight. */
  private word: Run[] = [];
  private wordWidth = 0;
  /** Whether a space stands between the line and the word, and in which weight. */
  private space: { bold: boolean } | null = null;

  constructor(fonts: LetterFonts, size: number, width: number) {
    this.fonts = fonts;
    this.size = size;
    this.width = width;
  }

  text(text: string, bold: boolean): void {
    const [first = "", ...rest] = text.split(/ +/);
    this.addToWord(first, bold);
    for (const part of rest) {
      this.endWord();
      if (this.line.runs.length > 0) this.space ??= { bold };
      this.addToWord(part, bold);
    }
  }

  endLine(): void {
    this.endWord();
    this.flush();
  }

  /** A break at the very end begins no line. */
  finish(): Line[] {
    this.endWord();
    if (this.line.runs.length > 0) this.flush();
    return this.lines;
  }

  private addToWord(text: string, bold: boolean): void {
    if (text === "") return;
    this.word.push({ text, bold, x: this.wordWidth });
    this.wordWidth += this.measure(text, bold);
  }

  private endWord(): void {
    if (this.word.length === 0) return;
    const gap = this.space === null ? 0 : this.measure(" ", this.space.bold);
    if (this.line.runs.length > 0 && this.line.width + gap + this.wordWidth > this.width) this.flush();
    if (this.wordWidth > this.width) this.splitWord();
    else for (const run of this.word) this.append(run.text, run.bold);
    this.word = [];
    this.wordWidth = 0;
  }

  private splitWord(): void {
    for (const { text, bold } of this.word) {
      let fits = "";
      let width = 0;
      for (const character of text) {
        const advance = this.measure(character, bold);
        const taken = this.line.width + width;
        if (taken > 0 && taken + advance > this.width) {
          this.append(fits, bold);
          this.flush();
          fits = "";
          width = 0;
        }
        fits += character;
        width += advance;
      }
      this.append(fits, bold);
    }
  }

  private append(text: string, bold: boolean): void {
    if (text === "") return;
    if (this.space !== null) this.join(" ", this.space.bold);
    this.space = null;
    this.join(text, bold);
  }

  private join(text: string, bold: boolean): void {
    const last = this.line.runs.at(-1);
    if (last?.bold === bold) last.text += text;
    else this.line.runs.push({ text, bold, x: this.line.width });
    this.line.width += this.measure(text, bold);
  }

  private flush(): void {
    this.lines.push(this.line);
    this.line = { runs: [], width: 0 };
    this.space = null;
  }

  private measure(text: string, bold: boolean): number {
    return widthOf(text, bold ? this.fonts.bold : this.fonts.regular, this.size);
  }
}

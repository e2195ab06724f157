import type { EmbeddedFont } from "./embedded-font.ts";
import { sheet } from "./geometry.ts";

/** Writes the content of one page, in the order of its calls, in which it is also read. All in points from the top left. */
export interface Ink {
  text(text: string, at: { x: number; baseline: number; size: number; bold: boolean }): void;
  /** For machines: white on white. */
  hiddenText(text: string, at: { x: number; baseline: number; size: number }): void;
  rectangles(all: readonly Rectangle[]): void;
  /** Operators of a content stream. */
  content(): string;
}

export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** CMYK. */
const black = "0 0 0 1 k";
const white = "0 0 0 0 k";

export function createInk({ regular, bold }: Record<"regular" | "bold", EmbeddedFont>): Ink {
  const operators = [black];
  const write = (text: string, font: EmbeddedFont, x: number, baseline: number, size: number) => {
    const place = `1 0 0 1 ${decimal(x)} ${decimal(sheet.height - baseline)} Tm`;
    operators.push(`BT /${font.name} ${decimal(size)} Tf ${place} ${font.encode(text)} Tj ET`);
  };
  return {
    text(text, at) {
      write(text, at.bold ? bold : regular, at.x, at.baseline, at.size);
    },
    hiddenText(text, { x, baseline, size }) {
      operators.push(white);
      write(text, regular, x, baseline, size);
      operators.push(black);
    },
    rectangles(all) {
      for (const { x, y, width, height } of all) {
        const corner = [x, sheet.height - y - height, width, height].map(decimal).join(" ");
        operators.push(`${corner} re`);
      }
      if (all.length > 0) operators.push("f");
    },
    content: () => operators.join("\n"),
  };
}

function decimal(points: number): string {
  return String(Math.round(points * 1000) / 1000);
}

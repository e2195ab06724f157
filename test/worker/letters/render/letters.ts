import type { JsonObject } from "../../../../shared/json/json.ts";
import { personalisationOf } from "../../../../shared/template/placeholders.ts";
import type { PdfiumCharacter } from "../../../../worker/letters/pdfium/page.ts";
import type { Pdfium } from "../../../../worker/letters/pdfium/pdfium.ts";
import { loadFonts } from "../../../../worker/letters/render/fonts.ts";
import {
  type LetterToRender,
  type RenderedLetter,
  renderLetter,
} from "../../../../worker/letters/render/render-letter.ts";

export const fonts = loadFonts();

export const plainAddress = ["Ms Ada Archer", "1 Mill Lane", "Leeds", "LS1 4AP"];

/** What a test says of a letter; the rest is plain. */
export type LetterFacts = Partial<Omit<LetterToRender, "personalisation">> & {
  content?: string;
  subject?: string;
  values?: JsonObject;
};

export async function render({ content = "Body", subject = "Subject", values = {}, ...facts }: LetterFacts) {
  const letter: LetterToRender = {
    english: { subject, content },
    welsh: null,
    contactBlock: null,
    addressLines: plainAddress,
    createdAt: new Date("2026-01-06T10:00:00Z"),
    ...facts,
    personalisation: personalisationOf(values),
  };
  return await renderLetter(letter, fonts);
}

/** Throws where it was refused. */
export async function renderPdf(facts: LetterFacts): Promise<RenderedLetter & { outcome: "rendered" }> {
  const rendered = await render(facts);
  if (rendered.outcome !== "rendered") throw new Error(`Cannot be printed: ${JSON.stringify(rendered)}`);
  return rendered;
}

/** What stands on one baseline; in millimetres from the top left of the page. */
export interface TextLine {
  text: string;
  left: number;
  right: number;
  baseline: number;
}

/** A page's lines in the order in which they are written, which is how they are read aloud. */
export function linesOf(pdfium: Pdfium, pdf: Uint8Array, index = 0): TextLine[] {
  using file = pdfium.open(pdf);
  using page = file?.page(index);
  if (!page) throw new Error(`Cannot read page ${index}`);
  const lines: TextLine[] = [];
  let last: PdfiumCharacter | undefined;
  for (const character of page.characters()) {
    const { text, left, right, baseline } = character;
    const line = lines.at(-1);
    const continues = last && Math.abs(last.baseline - baseline) < 0.01 && left > last.left - 0.01;
    if (line && continues) {
      line.text += text;
      line.right = right / pointsPerMm;
    } else {
      lines.push({
        text,
        left: left / pointsPerMm,
        right: right / pointsPerMm,
        baseline: (page.height - baseline) / pointsPerMm,
      });
    }
    last = character;
  }
  return lines;
}

export function textsOf(pdfium: Pdfium, pdf: Uint8Array, index = 0): string[] {
  return linesOf(pdfium, pdf, index).map(({ text }) => text);
}

const pointsPerMm = 72 / 25.4;

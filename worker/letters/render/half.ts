import type { FilledLetter } from "../../../shared/template/letter-text.ts";
import type { Characters } from "./characters.ts";
import { flowRows, flowText } from "./flow.ts";
import { baselineIn, type LetterFonts, widthOf } from "./fonts.ts";
import { address, body, contactBlock, footer, gaps, notifyTag, styles } from "./geometry.ts";
import type { Ink } from "./ink.ts";
import { dateWords, type Language, pageWords } from "./languages.ts";
import { breakLines } from "./lines.ts";
import { cutPages, type PlacedRow } from "./pages.ts";
import { qrRectangles } from "./qr-modules.ts";

/** What both languages' halves of a letter show. */
export interface Heads {
  /** Capitals, as they are printed. */
  addressLines: readonly string[];
  contactLines: readonly string[];
}

/** A letter in one language, with page numbers of its own. */
export interface Half extends Heads {
  language: Language;
  pages: PlacedRow[][];
}

interface Setting {
  fonts: LetterFonts;
  characters: Characters;
}

export function setHeads({ addressLines, contactLines }: Heads, { fonts, characters }: Setting): Heads {
  return {
    addressLines: addressLines.slice(0, address.lines).map((line) => {
      // What capitals are made of may again be more than the font has.
      const capitals = characters.printable(characters.printable(beginningOf(line)).toUpperCase());
      return cutToWidth(capitals, fonts);
    }),
    contactLines: contactLines
      .flatMap((line) => {
        const text = characters.printable(line);
        const lines = breakLines([{ kind: "text", text, bold: false }], {
          fonts,
          size: styles.contactBlock.size,
          width: contactBlock.width,
        });
        return lines.length === 0 ? [""] : lines.map(({ runs }) => runs.map((run) => run.text).join(""));
      })
      .slice(0, contactBlock.lines),
  };
}

/** More of a line than any window shows, so that a huge one costs nothing. */
function beginningOf(line: string): string {
  return line.length <= 2000 ? line : line.slice(0, 2000).replace(/[\ud800-\udbff]$/, "");
}

/** As much of an address line as the window shows. */
function cutToWidth(text: string, { regular }: LetterFonts): string {
  let shown = "";
  let width = 0;
  for (const character of text) {
    width += widthOf(character, regular, styles.address.size);
    if (width > address.width) break;
    shown += character;
  }
  return shown.trimEnd();
}

export function setHalf(
  { subject, blocks }: FilledLetter,
  { language, createdAt, heads }: { language: Language; createdAt: Date; heads: Heads },
  setting: Setting,
): Half {
  const options = { ...setting, width: body.width };
  const rows = [
    ...flowText(
      dateWords(createdAt, language),
      { style: styles.body, bold: false, gap: 0, keepsNext: false },
      options,
    ),
    ...flowText(subject, { style: styles.subject, bold: true, gap: gaps.date, keepsNext: true }, options),
    ...flowRows(blocks, { ...options, gapAbove: gaps.subject }),
  ];
  return { ...heads, language, pages: cutPages(rows) };
}

/** Writes one page of it; only a whole letter's first one is tagged. */
export function writePage(
  { addressLines, contactLines, language, pages }: Half,
  index: number,
  { ink, fonts, tagged }: { ink: Ink; fonts: LetterFonts; tagged: boolean },
): void {
  const { regular } = fonts;
  if (tagged) {
    const { left: x, top, size } = notifyTag;
    ink.hiddenText("NOTIFY", { x, baseline: top + regular.ascent * size, size });
  }
  const lines = (
    all: readonly string[],
    place: { left: number; bottom: number },
    style: keyof typeof styles,
  ) => {
    const { size, lineHeight } = styles[style];
    for (const [at, text] of all.entries()) {
      const top = place.bottom - (all.length - at) * lineHeight;
      const baseline = top + baselineIn(regular, styles[style]);
      if (text !== "") ink.text(text, { x: place.left, baseline, size, bold: false });
    }
  };
  if (index === 0) {
    lines(addressLines, address, "address");
    lines(contactLines, contactBlock, "contactBlock");
  }
  for (const row of pages[index] ?? []) writeRow(row, ink, fonts);

  const words = pageWords(index + 1, pages.length, language);
  const { size } = styles.footer;
  const baseline = footer.middle + ((regular.ascent - regular.descent) / 2) * size;
  ink.text(words, { x: footer.right - widthOf(words, regular, size), baseline, size, bold: false });
}

function writeRow({ top, style, runs, qrCode }: PlacedRow, ink: Ink, fonts: LetterFonts): void {
  for (const { text, bold, x } of runs) {
    const baseline = top + baselineIn(bold ? fonts.bold : fonts.regular, style);
    ink.text(text, { x: body.left + x, baseline, size: style.size, bold });
  }
  if (qrCode) ink.rectangles(qrRectangles(qrCode.data, { x: body.left + qrCode.x, y: top }));
}

import { PDFDocument, PDFName } from "@cantoo/pdf-lib";
import { fillContactBlock, fillLetter, type LetterText } from "../../../shared/template/letter-text.ts";
import { compileContent, type Personalisation } from "../../../shared/template/placeholders.ts";
import { oversizedQrCode } from "../../../shared/template/qr-code.ts";
import { createCharacters } from "./characters.ts";
import { openFont } from "./embedded-font.ts";
import type { LetterFonts } from "./fonts.ts";
import { sheet } from "./geometry.ts";
import { type Half, setHalf, setHeads, writePage } from "./half.ts";
import { createInk } from "./ink.ts";
import type { Language } from "./languages.ts";

export interface LetterToRender {
  english: LetterText;
  /** Printed before the English half; null for a letter that has none. */
  welsh: LetterText | null;
  /** Whom it is from, with placeholders; null where it does not say. */
  contactBlock: string | null;
  addressLines: readonly string[];
  personalisation: Personalisation;
  createdAt: Date;
}

export type RenderedLetter =
  | {
      outcome: "rendered";
      pdf: Uint8Array<ArrayBuffer>;
      /** Sides; the PDF has the first `mostPagesDrawn` of them. */
      pages: number;
      /** False where it says more than can ever be printed: then pages are those of its beginning. */
      isWhole: boolean;
    }
  /** Characters that cannot be printed, in order. */
  | { outcome: "unprintable"; codePoints: number[] }
  /** A QR code would hold so many bytes. */
  | { outcome: "oversized-qr-code"; numBytes: number };

/** What is longer is far too long to be printed: its beginning shows why. */
const mostPagesDrawn = 20;

/**
 * A templated letter as a PDF to be printed (`spec/templates.md` 6): A4, black in CMYK, fonts embedded. The same letter
 * gives the same bytes.
 */
export async function renderLetter(letter: LetterToRender, fonts: LetterFonts): Promise<RenderedLetter> {
  const { english, welsh, contactBlock, addressLines, personalisation, createdAt } = letter;
  const texts: { text: LetterText; language: Language }[] = [{ text: english, language: "english" }];
  if (welsh) texts.unshift({ text: welsh, language: "welsh" });
  for (const { text } of texts) {
    const oversized = oversizedQrCode({ compiledContent: compileContent(text.content) }, personalisation);
    if (oversized) return { outcome: "oversized-qr-code", numBytes: oversized.numBytes };
  }
  const characters = createCharacters(fonts);
  const setting = { fonts, characters };
  const contactLines = contactBlock === null ? [] : fillContactBlock(contactBlock, personalisation);
  const heads = setHeads({ addressLines, contactLines }, setting);
  const filled = texts.map(({ text, language }) => ({ ...fillLetter(text, personalisation), language }));
  const halves = filled.map((half) => setHalf(half, { language: half.language, createdAt, heads }, setting));
  if (characters.missing.size > 0) return { outcome: "unprintable", codePoints: [...characters.missing] };

  const pages = halves.reduce((sum, half) => sum + half.pages.length, 0);
  const isWhole = filled.every((half) => half.isWhole);
  return { outcome: "rendered", pdf: await writePdf(halves, fonts), pages, isWhole };
}

async function writePdf(halves: readonly Half[], fonts: LetterFonts): Promise<Uint8Array<ArrayBuffer>> {
  const pdf = await PDFDocument.create({ updateMetadata: false });
  const { context } = pdf;
  const regular = openFont(context, fonts.regular, "F1");
  const bold = openFont(context, fonts.bold, "F2");
  const sides = halves.flatMap((half) => half.pages.map((_, index) => ({ half, index })));
  for (const [at, { half, index }] of sides.slice(0, mostPagesDrawn).entries()) {
    const ink = createInk({ regular, bold });
    writePage(half, index, { ink, fonts, tagged: at === 0 });
    const { node } = pdf.addPage([sheet.width, sheet.height]);
    for (const { name, ref } of [regular, bold]) node.setFontDictionary(PDFName.of(name), ref);
    node.addContentStream(context.register(context.flateStream(ink.content())));
  }
  regular.embed();
  bold.embed();
  return new Uint8Array(await pdf.save({ useObjectStreams: false, addDefaultPage: false }));
}

import { PDFDocument, PDFName, type PDFPage, type PDFStream } from "@cantoo/pdf-lib";
import type { Pdfium, PdfiumFile } from "../../pdfium/pdfium.ts";
import type { LetterFont } from "../../render/fonts.ts";
import { parseContent } from "../content/parse.ts";
import { contentStream, decodedContents } from "../content/streams.ts";
import { addressSearch, pointsPerMm } from "../geometry.ts";
import { ColourConversion, groupInInk } from "./colours.ts";
import { convertImage, inkImage } from "./ink-image.ts";
import { MissingFonts } from "./missing-fonts.ts";
import { prune } from "./prune.ts";
import { redact } from "./redact.ts";
import { type Stamp, stamp } from "./stamp.ts";
import { Unconvertible } from "./unconvertible.ts";

export interface RewriteOptions {
  pdfium: Pdfium;
  font: LetterFont;
  /** The same PDF, open. */
  file: PdfiumFile;
  /** Pages from 0 to be drawn as pictures; those that turn out to need it are added. */
  redraw: Map<number, string>;
  address: Stamp["address"];
  hasTag: boolean;
}

/**
 * Rewrites a PDF that `normalise` made as it is printed: page 1 without its old address, with the new one and its tag,
 * all in inks, all fonts within. Answers PDF 1.7.
 */
export async function rewrite(pdf: Uint8Array, options: RewriteOptions): Promise<Uint8Array<ArrayBuffer>> {
  const { pdfium, font, file, redraw, address, hasTag } = options;
  const document = await PDFDocument.load(pdf, { updateMetadata: false });
  const fonts = new MissingFonts(document.context);
  const colours = new ColourConversion(async (image, ref) => {
    await convertImage(pdfium, image, ref);
    // Pictures are tens of megabytes each, and the process has a limit.
    Bun.gc(true);
  });
  for (const [index, page] of document.getPages().entries()) {
    if (!redraw.has(index)) {
      try {
        await rewritePage(page, index === 0 && address !== null);
      } catch (error) {
        if (!(error instanceof Unconvertible)) throw error;
        redraw.set(index, error.message);
      }
    }
  }
  // What a picture replaces may be shared with other pages: it is taken out at the end.
  for (const index of redraw.keys()) {
    redrawPage(document.getPage(index), file, index);
    Bun.gc(true);
  }
  const tag = !hasTag || redraw.has(0);
  stamp(document, document.getPage(0), font, { address, tag });
  // What was replaced is not left in the file: an old address, say.
  prune(document.context);
  return new Uint8Array(await document.save({ useObjectStreams: false, updateFieldAppearances: false }));

  async function rewritePage(page: PDFPage, isRedacted: boolean): Promise<void> {
    const { node } = page;
    const resources = node.Resources() ?? document.context.obj({});
    fonts.embed(resources);
    groupInInk(node);
    const operations = parseContent(decodedContents(node));
    const remaining = isRedacted ? redact(operations, resources, searchBox(page)) : operations;
    const inks = await colours.of(remaining, resources);
    setContent(page, contentStream(document.context, inks));
  }
}

function searchBox(page: PDFPage) {
  const height = page.getHeight();
  const { left, right, top, bottom } = addressSearch;
  return {
    left: left * pointsPerMm,
    right: right * pointsPerMm,
    bottom: height - bottom * pointsPerMm,
    top: height - top * pointsPerMm,
  };
}

function setContent({ node, doc }: PDFPage, content: PDFStream): void {
  node.set(PDFName.of("Contents"), doc.context.register(content));
}

const dotsPerInch = 300;

function redrawPage(page: PDFPage, file: PdfiumFile, index: number): void {
  const { width, height } = page.getSize();
  const size = {
    width: Math.round((width / 72) * dotsPerInch),
    height: Math.round((height / 72) * dotsPerInch),
  };
  using shown = file.page(index);
  if (shown === null) throw new Error("Cannot redraw a page: it cannot be read");
  const { context } = page.doc;
  const picture = context.register(inkImage(context, { ...size, pixels: shown.render(size) }, false));
  page.node.delete(PDFName.of("Group"));
  page.node.set(PDFName.of("Resources"), context.obj({ XObject: { Page: picture } }));
  setContent(page, context.flateStream(`q ${width} 0 0 ${height} 0 0 cm /Page Do Q`));
}

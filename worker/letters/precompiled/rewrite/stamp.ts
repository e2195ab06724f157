import { type PDFDocument, PDFName, type PDFPage } from "@cantoo/pdf-lib";
import { type EmbeddedFont, openFont } from "../../render/embedded-font.ts";
import { type LetterFont, widthOf } from "../../render/fonts.ts";
import { addressWindow, graceMm, grown, pointsPerMm } from "../geometry.ts";
import { dictAt } from "./resources.ts";

export interface Stamp {
  /** Null where page 1 keeps the address it has. */
  address: readonly string[] | null;
  tag: boolean;
}

const addressSize = 8;
const addressLeading = 8.5;
/** For what hangs below the last line. */
const addressRise = 2;
const tagSize = 6;
const tagMm = 1.8;
/** How high capitals are, in em. */
const capitals = 0.716;

/** Whether the font has a picture of each character. */
export function canWrite(lines: readonly string[], font: LetterFont): boolean {
  return lines.every((line) =>
    Array.from(line).every((character) => font.widthOf(character.codePointAt(0) ?? 0) !== null),
  );
}

/**
 * Writes the address into its window, from the bottom up, and in white where DVLA's machines are to see that a letter
 * begins (`spec/letters.md` 2.5).
 */
export function stamp(document: PDFDocument, page: PDFPage, font: LetterFont, { address, tag }: Stamp): void {
  const embedded = openFont(document.context, font, "PillarboxStamp");
  const height = page.getHeight();
  const content = [
    address ? writtenAddress(address, height, font, embedded) : "",
    tag ? writtenTag(height, embedded) : "",
  ].join("\n");
  if (!address && !tag) return;
  embedded.embed();
  const { context } = document;
  const resources = page.node.Resources() ?? context.obj({});
  const fonts = dictAt(resources, "Font") ?? context.obj({});
  fonts.set(PDFName.of(embedded.name), embedded.ref);
  resources.set(PDFName.of("Font"), fonts);
  page.node.set(PDFName.of("Resources"), resources);
  page.node.addContentStream(context.register(context.flateStream(content)));
}

function writtenAddress(
  lines: readonly string[],
  height: number,
  font: LetterFont,
  embedded: EmbeddedFont,
): string {
  const { left, right, bottom } = points(addressWindow);
  const cover = points(grown(addressWindow, graceMm));
  const written = lines.map((line, index) => {
    const y = height - bottom + addressRise + (lines.length - 1 - index) * addressLeading;
    const width = widthOf(line, font, addressSize);
    // A line that is too long is made narrower: cut short, it would not arrive.
    const scale = Math.min(100, ((right - left) / width) * 100);
    return `${fixed(scale)} Tz 1 0 0 1 ${fixed(left)} ${fixed(y)} Tm ${embedded.encode(line)} Tj`;
  });
  const [x, y] = [fixed(cover.left), fixed(height - cover.bottom)];
  const [w, h] = [fixed(cover.right - cover.left), fixed(cover.bottom - cover.top)];
  return [
    `q 0 0 0 0 k ${x} ${y} ${w} ${h} re f`,
    `BT 0 0 0 1 k /${embedded.name} ${addressSize} Tf`,
    ...written,
    `ET Q`,
  ].join("\n");

  function points(area: typeof addressWindow) {
    return {
      left: area.left * pointsPerMm,
      right: area.right * pointsPerMm,
      top: area.top * pointsPerMm,
      bottom: area.bottom * pointsPerMm,
    };
  }
}

function writtenTag(height: number, embedded: EmbeddedFont): string {
  const x = fixed(tagMm * pointsPerMm);
  const y = fixed(height - tagMm * pointsPerMm - capitals * tagSize);
  return `q BT 0 0 0 0 k /${embedded.name} ${tagSize} Tf 1 0 0 1 ${x} ${y} Tm ${embedded.encode("NOTIFY")} Tj ET Q`;
}

function fixed(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

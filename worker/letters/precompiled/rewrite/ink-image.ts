import { deflateSync } from "node:zlib";
import {
  PDFArray,
  type PDFContext,
  PDFDocument,
  PDFName,
  PDFObjectCopier,
  type PDFRawStream,
  type PDFRef,
  type PDFStream,
} from "@cantoo/pdf-lib";
import type { Pdfium } from "../../pdfium/pdfium.ts";
import { toInks } from "./cmyk.ts";
import { jpegOfInks } from "./jpeg.ts";
import { nameAt, numberAt } from "./resources.ts";
import { Unconvertible } from "./unconvertible.ts";

export interface Picture {
  width: number;
  height: number;
  /** Four bytes each: blue, green, red and one unused. */
  pixels: Uint8Array;
}

/** Past this a picture without loss is too much for a letter of 2 MB. */
const largestLossless = 400_000;

/**
 * A picture in inks, made of its pixels, which are used up: without loss where that is small, as drawings and text are,
 * else as JPEG.
 */
export function inkImage(
  context: PDFContext,
  { width, height, pixels }: Picture,
  isPhoto: boolean,
): PDFRawStream {
  toInks(pixels);
  const entries = {
    Type: "XObject",
    Subtype: "Image",
    Width: width,
    Height: height,
    ColorSpace: "DeviceCMYK",
    BitsPerComponent: 8,
  };
  const packed = isPhoto ? null : deflateSync(pixels, { level: 4 });
  return packed !== null && packed.byteLength <= largestLossless
    ? context.stream(packed, { ...entries, Filter: "FlateDecode" })
    : context.stream(jpegOfInks(pixels, width, height), { ...entries, Filter: "DCTDecode" });
}

/** Of A4 at 300 dots an inch: what has more is made so small. */
const mostPixels = 2480 * 3508;

/**
 * Makes a picture in whatever colours one in inks, in place. PDFium unpacks it, as there are many ways to pack one;
 * its mask stays as it is. Throws `Unconvertible` where its colours themselves say what is left out.
 */
export async function convertImage(pdfium: Pdfium, image: PDFStream, ref: PDFRef): Promise<void> {
  const { dict } = image;
  const [width, height] = [numberAt(dict, "Width") ?? 0, numberAt(dict, "Height") ?? 0];
  if (width < 1 || height < 1) return;
  const hasKey = dict.lookup(PDFName.of("Mask")) instanceof PDFArray || numberAt(dict, "SMaskInData");
  if (hasKey) throw new Unconvertible("A picture that some of its colours leave out");
  const scale = Math.min(1, Math.sqrt(mostPixels / (width * height)));
  const size = {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
  const pixels = await unpacked(pdfium, image, size);
  if (pixels === null)
    throw new Unconvertible(`A picture packed by ${nameAt(dict, "Filter")} that cannot be read`);

  const isPhoto = lossy.has(nameAt(dict, "Filter") ?? "");
  const converted = inkImage(dict.context, { ...size, pixels }, isPhoto);
  for (const name of ["SMask", "Mask", "Interpolate"]) {
    const value = dict.get(PDFName.of(name));
    if (value !== undefined) converted.dict.set(PDFName.of(name), value);
  }
  dict.context.assign(ref, converted);
}

/** Packed with loss: one more is not seen. */
const lossy: ReadonlySet<string> = new Set(["DCTDecode", "JPXDecode"]);

/** On a page of its own, which it fills. */
async function unpacked(
  pdfium: Pdfium,
  image: PDFStream,
  size: { width: number; height: number },
): Promise<Uint8Array | null> {
  const document = await PDFDocument.create({ updateMetadata: false });
  const { context } = document;
  const copied = PDFObjectCopier.for(image.dict.context, context).copy(image);
  for (const name of ["SMask", "Mask"]) copied.dict.delete(PDFName.of(name));
  const page = document.addPage([100, 100]);
  page.node.set(PDFName.of("Resources"), context.obj({ XObject: { Picture: context.register(copied) } }));
  page.node.set(PDFName.of("Contents"), context.register(context.stream("100 0 0 100 0 0 cm /Picture Do")));
  using file = pdfium.open(await document.save({ useObjectStreams: false }));
  using shown = file?.page(0) ?? null;
  return shown?.render(size) ?? null;
}

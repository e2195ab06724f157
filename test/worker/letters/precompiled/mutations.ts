import { decodePDFRawStream, PDFDocument, PDFName, PDFRawStream } from "@cantoo/pdf-lib";
import fontkit from "@pdf-lib/fontkit";
import { pick, seeded } from "../../../chaos/random.ts";
import { letterDocument } from "./letter-pdf.ts";
import { testPng } from "./pictures.ts";

const arimo = new URL(import.meta.resolve("@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf"));

/** Letters of several makes, packed and plain: what is plain is hurt where it matters. */
export async function seedLetters(): Promise<Uint8Array[]> {
  const pictured = await letterDocument({
    pages: 2,
    draw: async ({ document, page }) => {
      page.drawImage(await document.embedPng(testPng()), { x: 60, y: 250, width: 90, height: 90 });
      document.registerFontkit(fontkit);
      const font = await document.embedFont(await Bun.file(arimo).bytes());
      page.drawText("In a font of its own", { x: 60, y: 480, size: 10, font });
    },
  });
  const plain = await letterDocument({ pages: 3 });
  return [
    await plain.save(),
    await plain.save({ useObjectStreams: false }),
    await unpacked(await plain.save()),
    await pictured.save({ useObjectStreams: false }),
    await unpacked(await pictured.save()),
  ];
}

async function unpacked(pdf: Uint8Array): Promise<Uint8Array> {
  const document = await PDFDocument.load(pdf);
  const { context } = document;
  for (const [ref, stream] of context.enumerateIndirectObjects()) {
    if (!(stream instanceof PDFRawStream)) continue;
    const plain = PDFRawStream.of(stream.dict, decodePDFRawStream(stream).decode());
    plain.dict.delete(PDFName.of("Filter"));
    context.assign(ref, plain);
  }
  return await document.save({ useObjectStreams: false });
}

/** The same letter hurt in one to a dozen places; always the same for the same number. */
export function mutated(pdf: Uint8Array, seed: number): Uint8Array<ArrayBuffer> {
  const random = seeded(seed);
  let bytes = Buffer.from(pdf);
  for (let wounds = 1 + pick(random, 12); wounds > 0; wounds -= 1) {
    const at = pick(random, bytes.length);
    const length = 1 + pick(random, 40);
    const before = bytes.subarray(0, at);
    const after = bytes.subarray(at + length);
    switch (pick(random, 8)) {
      case 0:
        return new Uint8Array(before);
      case 1:
        bytes = Buffer.concat([before, after]);
        break;
      case 2:
        bytes = Buffer.concat([before, bytes.subarray(at, at + length), bytes.subarray(at)]);
        break;
      case 3:
        bytes = Buffer.concat([
          before,
          Buffer.from(words[pick(random, words.length)] ?? ""),
          bytes.subarray(at),
        ]);
        break;
      case 4:
        bytes = withNumber(bytes, at, numbers[pick(random, numbers.length)] ?? "0");
        break;
      default:
        bytes = Buffer.from(bytes);
        for (let n = 0; n < length && at + n < bytes.length; n += 1) {
          if (random() < 0.2) bytes[at + n] = pick(random, 256);
        }
    }
  }
  return new Uint8Array(bytes);
}

/** The next number after a place becomes another. */
function withNumber(bytes: Buffer<ArrayBuffer>, at: number, value: string): Buffer<ArrayBuffer> {
  const text = bytes.subarray(at, at + 400).toString("latin1");
  const found = /\d+/.exec(text);
  if (!found) return bytes;
  const start = at + found.index;
  return Buffer.concat([
    bytes.subarray(0, start),
    Buffer.from(value),
    bytes.subarray(start + found[0].length),
  ]);
}

const numbers = [
  "0",
  "1",
  "-1",
  "7",
  "65535",
  "2147483647",
  "-2147483648",
  "99999999999999999999",
  "0.00001",
  "1e9",
];
const words = [
  ..."endobj|endstream|stream|>>|<<|[|]|(|)|/|%|q |Q |BT |ET |/Length 999999999 |1 0 R |/Kids [1 0 R] ".split(
    "|",
  ),
  ..."/Parent 1 0 R |/Filter /ASCIIHexDecode |/Count -1 |xref|trailer|startxref|\0\0\0\0".split("|"),
];

import { decodePDFRawStream, PDFArray, PDFDocument, PDFName, PDFRawStream } from "@cantoo/pdf-lib";

/** Any colour of light, in content or as a colour space. */
export const light = /(?:[\d.]+ ){3}(?:rg|RG)\s|DeviceRGB|CalRGB/;

/** Everything that stands in a PDF, its packed streams unpacked, pictures left out: what a search of it would find. */
export async function unpackedText(pdf: Uint8Array): Promise<string> {
  const document = await PDFDocument.load(pdf, { updateMetadata: false });
  const parts: string[] = [];
  for (const [, object] of document.context.enumerateIndirectObjects()) {
    if (!(object instanceof PDFRawStream)) {
      parts.push(object.toString());
      continue;
    }
    parts.push(object.dict.toString());
    if (object.dict.get(PDFName.of("Filter")) === PDFName.of("DCTDecode")) continue;
    parts.push(decoded(object));
  }
  return parts.join("\n");
}

/** What the pages and forms of a PDF draw; a hurt file may hold more, which nothing shows. */
export async function drawnContent(pdf: Uint8Array): Promise<string> {
  const document = await PDFDocument.load(pdf, { updateMetadata: false });
  const { context } = document;
  const contents = document.getPages().flatMap(({ node }) => {
    const value = node.lookup(PDFName.of("Contents"));
    return value instanceof PDFArray ? value.asArray().map((ref) => context.lookup(ref)) : [value];
  });
  const forms = context
    .enumerateIndirectObjects()
    .map(([, object]) => object)
    .filter((object) => object instanceof PDFRawStream)
    .filter(({ dict }) => dict.get(PDFName.of("Subtype")) === PDFName.of("Form"));
  return [...contents, ...forms]
    .map((each) => (each instanceof PDFRawStream ? decoded(each) : ""))
    .join("\n");
}

function decoded(stream: PDFRawStream): string {
  try {
    return Buffer.from(decodePDFRawStream(stream).decode()).toString("latin1");
  } catch {
    // A hurt font: nobody finds anything in it.
    return "";
  }
}

/** What another reader, poppler, says of a PDF. */
export async function poppler(
  pdf: Uint8Array,
  program: "pdftotext" | "pdffonts" | "pdfimages" | "pdfinfo",
  ...options: readonly string[]
): Promise<string> {
  const output = program === "pdftotext" ? ["-", "-"] : program === "pdfimages" ? ["-list", "-"] : ["-"];
  const { stdout } = Bun.spawn([program, ...options, ...output], {
    stdin: pdf,
    stdout: "pipe",
    stderr: "ignore",
  });
  return await new Response(stdout).text();
}

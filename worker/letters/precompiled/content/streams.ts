import {
  decodePDFRawStream,
  PDFArray,
  type PDFContext,
  PDFName,
  type PDFObject,
  type PDFPageLeaf,
  PDFRawStream,
  PDFStream,
} from "@cantoo/pdf-lib";
import type { Operation } from "./content.ts";
import { ContentFault } from "./parse.ts";
import { writeContent } from "./write.ts";

/** Past this a stream is a bomb. */
const largestContent = 64 * 1024 * 1024;

/** All content streams of a page as one, unpacked. Throws where one cannot be. */
export function decodedContents(node: PDFPageLeaf): Uint8Array {
  const contents = node.lookup(PDFName.of("Contents"));
  const streams: (PDFObject | undefined)[] =
    contents instanceof PDFArray ? contents.asArray().map((each) => node.context.lookup(each)) : [contents];
  const parts = streams.filter((stream) => stream instanceof PDFStream).map(decoded);
  // A space between: a word does not go on in the next stream.
  return joined(parts.flatMap((part) => [part, newLine]));
}

/** What stands in a stream, unpacked. Throws where it cannot be. */
export function decoded(stream: PDFStream): Uint8Array {
  const bytes = stream instanceof PDFRawStream ? decodePDFRawStream(stream).decode() : stream.getContents();
  if (bytes.byteLength > largestContent) throw new ContentFault("A stream is too long");
  return bytes;
}

export function contentStream(
  context: PDFContext,
  operations: Iterable<Operation>,
  entries: Record<string, PDFObject> = {},
): PDFRawStream {
  return context.flateStream(writeContent(operations), entries);
}

const newLine = Uint8Array.of(0x0a);

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

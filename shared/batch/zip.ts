import { UnreadableFile, unreadable } from "./csv.ts";

/** A file in a zip, as the zip's directory has it. */
export interface ZipEntry {
  name: string;
  isDeflated: boolean;
  /** Where its data is, as it was packed. */
  start: number;
  end: number;
}

const directoryEnd = 0x06054b50;
const directoryEntry = 0x02014b50;
const localHeader = 0x04034b50;

/**
 * What a zip's directory lists. Throws `UnreadableFile` for what is no zip, one of more than 4 GB or with passwords, and
 * one that names a file twice: whoever reads it next might take the other.
 */
export function listZip(bytes: Uint8Array<ArrayBuffer>): ZipEntry[] {
  try {
    return readDirectory(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    if (error instanceof RangeError) throw new UnreadableFile(unreadable);
    throw error;
  }
}

function readDirectory(view: DataView): ZipEntry[] {
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const entries = new Map<string, ZipEntry>();
  for (let n = 0; n < count; n += 1) {
    const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) =>
      view.getUint16(at + offset, true),
    );
    const name = textAt(view, at + 46, nameLength ?? 0);
    const local = view.getUint32(at + 42, true);
    const isReadable =
      view.getUint32(at, true) === directoryEntry && view.getUint32(local, true) === localHeader;
    if (!isReadable || (flags & 1) !== 0 || (method !== 0 && method !== 8) || entries.has(name)) {
      throw new UnreadableFile(unreadable);
    }
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    entries.set(name, { name, isDeflated: method === 8, start, end: start + view.getUint32(at + 20, true) });
    at += 46 + (nameLength ?? 0) + (extraLength ?? 0) + (commentLength ?? 0);
  }
  return [...entries.values()];
}

/** Behind it there may be a comment. */
function findEnd(view: DataView): number {
  for (let at = view.byteLength - 22; at >= 0 && at > view.byteLength - 65_558; at -= 1) {
    if (view.getUint32(at, true) === directoryEnd) return at;
  }
  throw new UnreadableFile(unreadable);
}

function textAt(view: DataView, at: number, length: number): string {
  return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at, length));
}

/**
 * A file's content. Reads no further than `mostBytes`, whatever the directory says of its size; throws
 * `UnreadableFile` then, and where it is not what it should be.
 */
export async function unzip(
  bytes: Uint8Array<ArrayBuffer>,
  { isDeflated, start, end }: ZipEntry,
  mostBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const packed = bytes.subarray(start, end);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of isDeflated ? inflated(packed) : [packed]) {
    size += chunk.length;
    if (size > mostBytes) throw new UnreadableFile("The workbook is too large");
    chunks.push(chunk);
  }
  const content = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    content.set(chunk, at);
    at += chunk.length;
  }
  return content;
}

async function* inflated(packed: Uint8Array<ArrayBuffer>): AsyncGenerator<Uint8Array> {
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(() => {
        throw new UnreadableFile(unreadable);
      });
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type Entry, openPromise, type ZipFile } from "yauzl";

export interface ZippedFile {
  name: string;
  content: Uint8Array<ArrayBuffer>;
}

/** The files of a zip in turn. Throws where it is none, is cut short, or a file is not what its checksum says. */
export async function* readZip(path: string): AsyncGenerator<ZippedFile> {
  const zip = await openPromise(path, { autoClose: false });
  try {
    for await (const entry of zip.eachEntry()) {
      const content = await contentOf(zip, entry);
      if (Bun.hash.crc32(content) !== entry.crc32) {
        throw new Error(`Cannot read ${entry.fileName}: its checksum is another`);
      }
      yield { name: entry.fileName, content };
    }
  } finally {
    zip.close();
  }
}

/** Throws where there is none of that name. */
export async function readZippedFile(path: string, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const zip = await openPromise(path, { autoClose: false });
  try {
    for await (const entry of zip.eachEntry())
      if (entry.fileName === name) return await contentOf(zip, entry);
  } finally {
    zip.close();
  }
  throw new Error(`Cannot read ${name}: it is not in this zip`);
}

async function contentOf(zip: ZipFile, entry: Entry): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  for await (const piece of await zip.openReadStreamPromise(entry)) pieces.push(piece);
  return Uint8Array.from(Buffer.concat(pieces));
}

/** In hexadecimal. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece);
  return hash.digest("hex");
}

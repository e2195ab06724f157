/*
 * Zips as the printer takes them (PKWARE's APPNOTE.TXT 6.3, sections 4.3 and 4.4): entries are stored, not compressed,
 * and say in front how long they are, for some readers of streams take stored entries in no other way; client-zip, which
 * writes lengths behind, would not do. Same letters, same bytes: dates are the letters' own. A plan keeps batches under
 * 2 GB and 65,535 letters, so nothing needs zip64.
 */

export interface ZipEntry {
  /** ASCII. */
  name: string;
  content: Uint8Array;
  /** Kept to two seconds, as UTC. */
  modifiedAt: Date;
}

const localHeaderBytes = 30;
const listedBytes = 46;
const endBytes = 22;

/** How long a zip will be of so many letters, of so many bytes, whose names take so many together. */
export function zipBytes({
  letters,
  bytes,
  nameBytes,
}: Record<"letters" | "bytes" | "nameBytes", number>): number {
  return letters * (localHeaderBytes + listedBytes) + 2 * nameBytes + bytes + endBytes;
}

/** Writes a zip piece by piece: what each answers with goes out in this order. */
export interface ZipWriter {
  /** What stands before an entry's content. */
  add(entry: ZipEntry): Uint8Array<ArrayBuffer>;
  /** What stands behind the last. */
  end(): Uint8Array<ArrayBuffer>;
}

/** Made by MS-DOS, of version 2.0: a reader on Unix then gives files its own mode, where Unix's could read as 0000. */
const madeBy = 20;
const versionNeeded = 20;

export function createZip(): ZipWriter {
  const list: Uint8Array<ArrayBuffer>[] = [];
  let at = 0;

  return {
    add({ name, content, modifiedAt }) {
      const path = new TextEncoder().encode(name);
      const { date, time } = dosMoment(modifiedAt);
      const crc = Bun.hash.crc32(content);
      const shared = (view: DataView, offset: number) => {
        view.setUint16(offset, versionNeeded, true);
        view.setUint16(offset + 6, time, true);
        view.setUint16(offset + 8, date, true);
        view.setUint32(offset + 10, crc, true);
        view.setUint32(offset + 14, content.length, true);
        view.setUint32(offset + 18, content.length, true);
        view.setUint16(offset + 22, path.length, true);
      };
      const header = new Uint8Array(localHeaderBytes + path.length);
      const headerView = new DataView(header.buffer);
      headerView.setUint32(0, 0x04034b50, true);
      shared(headerView, 4);
      header.set(path, localHeaderBytes);

      const listed = new Uint8Array(listedBytes + path.length);
      const listedView = new DataView(listed.buffer);
      listedView.setUint32(0, 0x02014b50, true);
      listedView.setUint16(4, madeBy, true);
      shared(listedView, 6);
      listedView.setUint32(42, at, true);
      listed.set(path, listedBytes);
      list.push(listed);

      at += header.length + content.length;
      return header;
    },
    end() {
      const size = list.reduce((sum, { length }) => sum + length, 0);
      const end = new Uint8Array(size + endBytes);
      let offset = 0;
      for (const listed of list) {
        end.set(listed, offset);
        offset += listed.length;
      }
      const view = new DataView(end.buffer, size);
      view.setUint32(0, 0x06054b50, true);
      view.setUint16(8, list.length, true);
      view.setUint16(10, list.length, true);
      view.setUint32(12, size, true);
      view.setUint32(16, at, true);
      return end;
    },
  };
}

/** 4.4.6: two 16-bit numbers, from 1980 on. */
function dosMoment(at: Date): { date: number; time: number } {
  return {
    date: ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate(),
    time: (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1),
  };
}

/** What a file that is no text is by its first bytes, as a MIME type. A few that may be sent, and those often mistaken. */
export function typeOfBinary(bytes: Uint8Array): string {
  // Not by a decoder: its Latin-1 is Windows-1252.
  const start = String.fromCharCode(...bytes.subarray(0, longestStart));
  const found = starts.find(([, pattern]) => pattern.test(start))?.[0] ?? unknown;
  if (found === "application/zip") return typeOfZip(bytes);
  return found === "application/x-cfb" ? typeOfCompoundFile(bytes) : found;
}

const unknown = "application/octet-stream";
const longestStart = 300;
const latin1 = new TextDecoder("latin1");

const starts: readonly [string, RegExp][] = [
  ["image/png", /^\x89PNG\r\n\x1a\n/],
  ["image/jpeg", /^\xff\xd8\xff/],
  ["application/zip", /^PK(?:\x03\x04|\x05\x06)/],
  ["application/x-cfb", /^\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1/],
  ["image/gif", /^GIF8[79]a/],
  ["image/bmp", /^BM[\s\S]{4}\0\0\0\0/],
  ["image/tiff", /^(?:II\*\0|MM\0\*)/],
  ["image/webp", /^RIFF[\s\S]{4}WEBP/],
  ["image/heic", /^[\s\S]{4}ftyp(?:heic|heix|mif1)/],
  ["image/avif", /^[\s\S]{4}ftypavif/],
  ["image/x-icon", /^\0\0[\x01\x02]\0[\x01-\xff]\0/],
  ["video/quicktime", /^[\s\S]{4}ftypqt/],
  ["video/mp4", /^[\s\S]{4}ftyp/],
  ["video/x-msvideo", /^RIFF[\s\S]{4}AVI /],
  ["video/matroska", /^\x1aE\xdf\xa3/],
  ["audio/wav", /^RIFF[\s\S]{4}WAVE/],
  ["audio/mpeg", /^(?:ID3|\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff])/],
  ["audio/ogg", /^OggS/],
  ["audio/flac", /^fLaC/],
  ["application/gzip", /^\x1f\x8b/],
  ["application/x-bzip2", /^BZh/],
  ["application/x-xz", /^\xfd7zXZ\0/],
  ["application/x-7z-compressed", /^7z\xbc\xaf'\x1c/],
  ["application/x-rar-compressed", /^Rar!\x1a\x07/],
  ["application/x-tar", /^[\s\S]{257}ustar/],
  ["application/x-msdownload", /^MZ/],
  ["application/x-elf", /^\x7fELF/],
  ["application/x-mach-binary", /^(?:\xcf\xfa\xed\xfe|\xce\xfa\xed\xfe)/],
  ["application/java-vm", /^\xca\xfe\xba\xbe/],
  ["application/wasm", /^\0asm/],
  ["application/vnd.sqlite3", /^SQLite format 3\0/],
  ["font/woff2", /^wOF2/],
];

/** The folder in which each keeps what it is of (ECMA-376). */
const officeFolders: readonly [string, string][] = [
  ["word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
  ["xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"],
  ["ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"],
];

/** OpenDocument files say what they are in their first entry, uncompressed; Office's by the folders they hold. */
function typeOfZip(bytes: Uint8Array): string {
  const start = latin1.decode(bytes.subarray(30, longestStart));
  const [, stated] = /^mimetype([!-~]+?)PK/.exec(start) ?? [];
  if (stated !== undefined) return stated;
  const names = namesInZip(bytes);
  if (!names.includes("[Content_Types].xml")) return "application/zip";
  const [, type] = officeFolders.find(([folder]) => names.some((name) => name.startsWith(folder))) ?? [];
  return type ?? "application/zip";
}

const mostNames = 2000;

/** The names in a zip's central directory (APPNOTE 4.3.12); none where it is cut off. */
function namesInZip(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const names: string[] = [];
  let at = directoryOf(view);
  while (at !== null && at + 46 <= view.byteLength && view.getUint32(at, true) === 0x02014b50) {
    const [name, extra, comment] = [28, 30, 32].map((field) => view.getUint16(Number(at) + field, true));
    names.push(latin1.decode(bytes.subarray(at + 46, at + 46 + (name ?? 0))));
    at += 46 + (name ?? 0) + (extra ?? 0) + (comment ?? 0);
    if (names.length === mostNames) break;
  }
  return names;
}

/** Where the directory begins, told in the record at the end, which a comment of 64 KiB may follow. */
function directoryOf(view: DataView): number | null {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 65_557); at--) {
    if (view.getUint32(at, true) === 0x06054b50) return view.getUint32(at + 16, true);
  }
  return null;
}

/** Word, Excel and others before 2007 are folders in one file: the stream tells whose. */
function typeOfCompoundFile(bytes: Uint8Array): string {
  // Names in its directory are UTF-16; as Latin-1 each letter is followed by a NUL.
  const text = latin1.decode(bytes);
  const holds = (name: string) => text.includes([...name].map((letter) => `${letter}\0`).join(""));
  if (holds("WordDocument")) return "application/msword";
  if (holds("Workbook")) return "application/vnd.ms-excel";
  if (holds("PowerPoint Document")) return "application/vnd.ms-powerpoint";
  return "application/x-cfb";
}

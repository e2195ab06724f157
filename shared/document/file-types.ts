/** The types of file that may be sent by email, by extension: Notify's. The first of a type names its files. */
const types: ReadonlyMap<string, { mimeType: string; words: string }> = new Map([
  ["csv", { mimeType: "text/csv", words: "CSV file" }],
  ["doc", { mimeType: "application/msword", words: "Microsoft Word document" }],
  [
    "docx",
    {
      mimeType: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
      words: "Microsoft Word document",
    },
  ],
  ["jpeg", { mimeType: "image/jpeg", words: "JPEG image" }],
  ["jpg", { mimeType: "image/jpeg", words: "JPEG image" }],
  ["json", { mimeType: "application/json", words: "JSON file" }],
  ["odt", { mimeType: "application/vnd.oasis.opendocument.text", words: "OpenDocument text" }],
  ["pdf", { mimeType: "application/pdf", words: "PDF" }],
  ["png", { mimeType: "image/png", words: "PNG image" }],
  ["rtf", { mimeType: "application/rtf", words: "rich text document" }],
  ["txt", { mimeType: "text/plain", words: "text file" }],
  [
    "xlsx",
    {
      mimeType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
      words: "Microsoft Excel spreadsheet",
    },
  ],
]);

/** The type of a file of this name, or null where it is none that may be sent. */
export function mimeTypeOfName(filename: string): string | null {
  return types.get(extensionOf(filename))?.mimeType ?? null;
}

/** What follows a name's last dot, in lower case. */
export function extensionOf(filename: string): string {
  return filename.slice(filename.lastIndexOf(".") + 1).toLowerCase();
}

export function isSupported(mimeType: string): boolean {
  return typeOf(mimeType) !== undefined;
}

/** What a file without a name is called. */
export function nameForType(mimeType: string): string {
  return `document.${typeOf(mimeType)?.[0] ?? "bin"}`;
}

/** For people: `PDF`. */
export function wordsForType(mimeType: string): string {
  return typeOf(mimeType)?.[1].words ?? "file";
}

function typeOf(mimeType: string) {
  return [...types].find(([, type]) => type.mimeType === mimeType);
}

const supported = [...types.keys()].map((extension) => `'.${extension}'`).join(", ");

/** Takes a MIME type, or an extension with its dot. */
export function unsupportedMessage(type: string): string {
  return `Unsupported file type '${type}'. Supported types are: ${supported}`;
}

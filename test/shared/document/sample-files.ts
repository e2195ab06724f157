/** Small files of many types, for whoever must tell them apart. */
export interface Sample {
  bytes: Uint8Array<ArrayBuffer>;
  mimeType: string;
}

const office = "application/vnd.openxmlformats-officedocument";

export const samples: Readonly<Record<string, Sample>> = {
  pdf: { bytes: text("%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n%%EOF\n"), mimeType: "application/pdf" },
  "pdf with bytes": { bytes: text("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n\0\x01"), mimeType: "application/pdf" },
  png: {
    bytes: base64(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    ),
    mimeType: "image/png",
  },
  jpeg: {
    bytes: text("\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xd9"),
    mimeType: "image/jpeg",
  },
  gif: { bytes: text("GIF89a\x01\0\x01\0\0\0\0;"), mimeType: "image/gif" },
  rtf: { bytes: text("{\\rtf1\\ansi Hello}"), mimeType: "application/rtf" },
  docx: {
    bytes: zip({
      "[Content_Types].xml": `<?xml version="1.0"?><Types><Override PartName="/word/document.xml" ContentType="${office}.wordprocessingml.document.main+xml"/></Types>`,
      "word/document.xml": "<w:document/>",
    }),
    mimeType: `${office}.wordprocessingml.document`,
  },
  xlsx: {
    bytes: zip({
      "[Content_Types].xml": `<?xml version="1.0"?><Types><Override PartName="/xl/workbook.xml" ContentType="${office}.spreadsheetml.sheet.main+xml"/></Types>`,
      "xl/workbook.xml": "<workbook/>",
    }),
    mimeType: `${office}.spreadsheetml.sheet`,
  },
  odt: {
    bytes: zip({ mimetype: "application/vnd.oasis.opendocument.text", "content.xml": "<x/>" }),
    mimeType: "application/vnd.oasis.opendocument.text",
  },
  zip: { bytes: zip({ "readme.md": "hello" }), mimeType: "application/zip" },
  doc: { bytes: compoundFile("WordDocument"), mimeType: "application/msword" },
  xls: { bytes: compoundFile("Workbook"), mimeType: "application/vnd.ms-excel" },
  ppt: { bytes: compoundFile("PowerPoint Document"), mimeType: "application/vnd.ms-powerpoint" },
  "another compound file": { bytes: compoundFile("Other"), mimeType: "application/x-cfb" },
  exe: { bytes: text("MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff"), mimeType: "application/x-msdownload" },
  bytes: { bytes: Uint8Array.from([0, 1, 2, 3, 4, 5]), mimeType: "application/octet-stream" },
  json: { bytes: text(' {"a": [1, 2, "é"]}\n', "utf8"), mimeType: "application/json" },
  "a json list": { bytes: text("[1,2]"), mimeType: "application/json" },
  "what only begins as json": { bytes: text("[Draft] Dear all"), mimeType: "text/plain" },
  "a json text": { bytes: text('"hello"'), mimeType: "text/plain" },
  text: { bytes: text("Grüße\nund ein Gedicht\t…\n", "utf8"), mimeType: "text/plain" },
  "latin text": { bytes: text("Gr\xfc\xdfe"), mimeType: "text/plain" },
  "text with a mark": { bytes: text("\ufeffhello", "utf8"), mimeType: "text/plain" },
  "utf-16": { bytes: text("\ufeffhello é", "utf16le"), mimeType: "text/plain" },
  csv: { bytes: text("name,day\nAda,Monday\n"), mimeType: "text/plain" },
  // Text whose first letters are those of binary files.
  "text like a bitmap": { bytes: text("BMW and MZ are not files."), mimeType: "text/plain" },
  "text like an executable": { bytes: text("MZ is a fund in Mainz"), mimeType: "text/plain" },
  html: { bytes: text("<!DOCTYPE html><p>x"), mimeType: "text/html" },
  "html after a comment": { bytes: text("\n<!-- x -->\n<Script>alert(1)</script>"), mimeType: "text/html" },
  "html with a mark": { bytes: text("\ufeff<html>", "utf8"), mimeType: "text/html" },
  "html in utf-16": { bytes: text("\ufeff<html>", "utf16le"), mimeType: "text/html" },
  svg: { bytes: text('<svg xmlns="http://www.w3.org/2000/svg"/>'), mimeType: "image/svg+xml" },
  "svg after xml": { bytes: text('<?xml version="1.0"?>\n<svg></svg>'), mimeType: "image/svg+xml" },
  xml: { bytes: text('<?xml version="1.0"?><a/>'), mimeType: "text/xml" },
  php: { bytes: text("<?php phpinfo();"), mimeType: "text/x-php" },
  script: { bytes: text("#!/bin/sh\nrm -rf /"), mimeType: "text/x-shellscript" },
  calendar: { bytes: text("BEGIN:VCALENDAR\r\nEND:VCALENDAR"), mimeType: "text/calendar" },
  "text with a control character": { bytes: text("hello\x01"), mimeType: "application/octet-stream" },
};

export function sample(name: string): Uint8Array<ArrayBuffer> {
  const found = samples[name];
  if (!found) throw new Error(`There is no sample "${name}"`);
  return found.bytes;
}

function text(characters: string, encoding: BufferEncoding = "latin1"): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(characters, encoding));
}

function base64(characters: string): Uint8Array<ArrayBuffer> {
  return text(characters, "base64");
}

/** The first sectors of what Office wrote before 2007, with one stream in its directory. */
function compoundFile(stream: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(1536);
  bytes.set(Uint8Array.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]));
  bytes.set(text("Root Entry", "utf16le"), 1024);
  bytes.set(text(stream, "utf16le"), 1152);
  return bytes;
}

/** Without compression. */
function zip(files: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(files)) {
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt32LE(Bun.hash.crc32(content), 10);
    facts.writeUInt32LE(content.length, 14);
    facts.writeUInt32LE(content.length, 18);
    facts.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), facts, Buffer.from(name + content)]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    const version = Buffer.from([20, 0]);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02"), version, facts, place, Buffer.from(name)]));
    parts.push(local);
    at += local.length;
  }
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06");
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(at, 16);
  return new Uint8Array(Buffer.concat([...parts, ...directory, end]));
}

import { deflateSync } from "node:zlib";
import { PDFDocument } from "@cantoo/pdf-lib";

/** The same as JPEG, made by poppler. */
export async function photo(): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  document.addPage([64, 64]).drawImage(await document.embedPng(testPng()), { width: 64, height: 64 });
  const { stdout } = Bun.spawn(["pdftoppm", "-jpeg", "-r", "72", "-"], {
    stdin: await document.save(),
    stdout: "pipe",
    stderr: "ignore",
  });
  return await new Response(stdout).bytes();
}

/** A picture of 32 × 32 in many colours. */
export function testPng(): Uint8Array {
  const side = 32;
  const rows: number[] = [];
  for (let row = 0; row < side; row += 1) {
    rows.push(0);
    for (let column = 0; column < side; column += 1) rows.push(column * 8, row * 8, 128);
  }
  const size = new Uint8Array(13);
  const view = new DataView(size.buffer);
  view.setUint32(0, side);
  view.setUint32(4, side);
  size.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", size),
    chunk("IDAT", deflateSync(Uint8Array.from(rows))),
    chunk("IEND", new Uint8Array()),
  ]);
}

function chunk(type: string, content: Uint8Array): Uint8Array {
  const named = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const ends = new DataView(new ArrayBuffer(8));
  ends.setUint32(0, content.length);
  ends.setUint32(4, Bun.hash.crc32(named));
  const bytes = new Uint8Array(ends.buffer);
  return Buffer.concat([bytes.subarray(0, 4), named, bytes.subarray(4)]);
}

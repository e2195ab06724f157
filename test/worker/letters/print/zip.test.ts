import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createZip, type ZipEntry, zipBytes } from "../../../../worker/letters/print/zip.ts";

const entries: ZipEntry[] = [
  ["NOTIFY.AAAAAAAAAAAAAAAA.D.2.C.20261121101502.PDF", 70_000],
  ["NOTIFY.BBBBBBBBBBBBBBBB.D.ECONOMY.C.20261231235959.PDF", 0],
  ["NOTIFY.CCCCCCCCCCCCCCCC.D.1.C.20280229000000.PDF", 1],
].map(([name, size], at) => ({
  name: String(name),
  content: crypto.getRandomValues(new Uint8Array(Math.min(Number(size), 65_536))),
  modifiedAt: new Date(Date.UTC(2026, 10, 21 + at, 10, 15, 2)),
}));

function zipped(): Buffer {
  const zip = createZip();
  const pieces = entries.flatMap((entry) => [zip.add(entry), entry.content]);
  return Buffer.concat([...pieces, zip.end()]);
}

async function withZip(work: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "pillarbox-zip-"));
  try {
    await writeFile(join(folder, "one.zip"), zipped());
    await work(join(folder, "one.zip"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test("is as long as was said before", () => {
  const facts = {
    letters: entries.length,
    bytes: entries.reduce((sum, { content }) => sum + content.length, 0),
    nameBytes: entries.reduce((sum, { name }) => sum + name.length, 0),
  };

  expect(zipped().length).toBe(zipBytes(facts));
});

test("has the same bytes each time, wherever it is made", () => {
  const zone = process.env.TZ;
  const here = zipped();
  process.env.TZ = "Asia/Tokyo";
  const there = zipped();
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;

  expect(Buffer.compare(here, there)).toBe(0);
});

test("is whole to Info-ZIP, and gives files a mode that their receiver can read", async () => {
  await withZip(async (path) => {
    const checked = await Bun.$`unzip -t ${path}`.nothrow().quiet();
    await Bun.$`unzip -q ${path} -d ${path}.d`.quiet();
    const listed = await Bun.$`unzip -Z -l ${path}`.text();

    expect(checked.exitCode).toBe(0);
    for (const { name, content } of entries) {
      const file = Bun.file(join(`${path}.d`, name));
      expect(
        createHash("sha256")
          .update(await file.bytes())
          .digest("hex"),
      ).toBe(createHash("sha256").update(content).digest("hex"));
      const { mode } = await file.stat();
      expect(mode & 0o400).toBe(0o400);
    }
    // Stored; made on MS-DOS, where a file has no mode that could read as 0000.
    expect(listed.match(/^-rw[a-z-]* +2\.0 fat .* stor /gm)).toHaveLength(entries.length);
  });
});

test("says before each entry how long it is, for readers that cannot look ahead", () => {
  const bytes = zipped();

  const [first] = entries;
  expect(bytes.readUInt32LE(0)).toBe(0x04034b50);
  // Bit 3: "lengths follow the data".
  expect(bytes.readUInt16LE(6) & 8).toBe(0);
  expect(bytes.readUInt32LE(18)).toBe(first?.content.length ?? -1);
  expect(bytes.readUInt32LE(22)).toBe(first?.content.length ?? -1);
});

import { describe, expect, test } from "bun:test";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PDFDocument } from "@cantoo/pdf-lib";
import { makeZip } from "client-zip";
import { createOpenSftp } from "../../../worker/letters/sftp/client.ts";
import type { Sftp } from "../../../worker/letters/sftp/sftp.ts";
import { until } from "../../support/until.ts";
import { type Dvla, startDvla } from "../dvla/dvla.ts";
import { startSandbox } from "../sandbox.ts";
import { startApi } from "./api.ts";

const signal = new AbortController().signal;
const quiet = { port: 0, receipts: null };

/** A letter of so many pages to Ada Example. */
async function pdfOf(pages: number): Promise<Uint8Array> {
  const pdf = await PDFDocument.create();
  for (let number = 1; number <= pages; number++) {
    const page = pdf.addPage([595, 842]);
    if (number === 1)
      page.drawText("Ada Example\n1 Example Road", { x: 80, y: 700, size: 11, lineHeight: 13 });
    page.drawText(`Page ${number}`, { x: 80, y: 500, size: 11 });
  }
  return pdf.save();
}

function fileOf(reference: string, postage = "2"): string {
  return `NOTIFY.${reference}.D.${postage}.C.20261121120000.PDF`;
}

function zipOf(letters: Record<string, Uint8Array>): ReadableStream<Uint8Array> {
  // The same letters are the same bytes.
  const lastModified = new Date(0);
  return makeZip(Object.entries(letters).map(([name, input]) => ({ name, input, lastModified })));
}

async function login(dvla: Dvla): Promise<Sftp> {
  return createOpenSftp(dvla.settings)(signal);
}

async function send(dvla: Dvla, name: string, letters: Record<string, Uint8Array>): Promise<void> {
  await using sftp = await login(dvla);
  await sftp.upload(`notify/${name}.part`, zipOf(letters));
  await sftp.rename(`notify/${name}.part`, `notify/${name}`);
  await dvla.settled();
}

async function readDispatched(dvla: Dvla, file: string | null | undefined): Promise<string> {
  return Bun.file(join(dvla.home, "dispatch", file ?? "")).text();
}

describe("the printer", () => {
  test("takes whole zips of its name, and shows what is in them", async () => {
    await using dvla = await startDvla();
    const pdf = await pdfOf(3);

    await send(dvla, "NOTIFY.2026-11-21.001.ZIP", {
      [fileOf("AAAAAAAAAAAAAAAA")]: pdf,
      [fileOf("BBBBBBBBBBBBBBBB")]: await pdfOf(1),
    });
    await send(dvla, "OTHER.ZIP", { [fileOf("CCCCCCCCCCCCCCCC")]: pdf });
    await using sftp = await login(dvla);
    await sftp.upload("notify/NOTIFY.cut.ZIP", zipOf({ a: pdf }).pipeThrough(cut(500)));
    await dvla.settled();

    expect(dvla.zips()).toMatchObject([
      {
        name: "NOTIFY.2026-11-21.001.ZIP",
        isPrinted: true,
        letters: [
          { reference: "AAAAAAAAAAAAAAAA", bytes: pdf.length, pages: 3 },
          { reference: "BBBBBBBBBBBBBBBB", pages: 1 },
        ],
      },
    ]);
    expect(await dvla.pdf("AAAAAAAAAAAAAAAA")).toEqual(Uint8Array.from(pdf));
    await expect(dvla.pdf("CCCCCCCCCCCCCCCC")).rejects.toThrow("it was not printed");
  });

  test("prints a name only once, and keeps what came later apart", async () => {
    await using dvla = await startDvla({ picksUp: true });
    const letters = { [fileOf("AAAAAAAAAAAAAAAA")]: await pdfOf(1) };
    const others = { [fileOf("BBBBBBBBBBBBBBBB")]: await pdfOf(1) };

    for (const each of [letters, letters, others]) await send(dvla, "NOTIFY.1.ZIP", each);

    expect(dvla.zips().map(({ isPrinted, letters: [letter] }) => [letter?.reference, isPrinted])).toEqual([
      ["AAAAAAAAAAAAAAAA", true],
      ["BBBBBBBBBBBBBBBB", false],
    ]);
    expect(await readdir(join(dvla.home, "notify"))).toEqual([]);
  });

  test("acknowledges each zip once", async () => {
    await using dvla = await startDvla();
    await send(dvla, "NOTIFY.2026-11-21.001.-_aZ.ZIP", { [fileOf("AAAAAAAAAAAAAAAA")]: await pdfOf(1) });

    expect(await dvla.acknowledge()).toEqual(["NOTIFY.2026-11-21.001.-_aZ.ACK.TXT"]);

    expect(await readDispatched(dvla, "NOTIFY.2026-11-21.001.-_aZ.ACK.TXT")).toMatch(
      /^NOTIFY\.2026-11-21\.001\.-_aZ\.ZIP\|\d{14}\n$/,
    );
    expect(await dvla.acknowledge()).toEqual([]);
  });

  test("answers for each letter once, in files of different names", async () => {
    await using dvla = await startDvla();
    await send(dvla, "NOTIFY.1.ZIP", {
      [fileOf("AAAAAAAAAAAAAAAA")]: await pdfOf(3),
      [fileOf("BBBBBBBBBBBBBBBB", "1")]: await pdfOf(1),
    });

    const first = await dvla.respond({ failed: ["BBBBBBBBBBBBBBBB"] });
    expect(await dvla.respond()).toBeNull();
    await send(dvla, "NOTIFY.2.ZIP", { [fileOf("CCCCCCCCCCCCCCCC")]: await pdfOf(1) });
    const second = await dvla.respond();

    const day = new Date().toISOString().slice(0, 10);
    expect(first).toMatch(/^NOTIFY-\d{14}-RSP\.TXT$/);
    expect(await readDispatched(dvla, first)).toBe(
      `AAAAAAAAAAAAAAAA|Sent|2|Sorted|${day}\nBBBBBBBBBBBBBBBB|Failed|1|Unsorted|${day}\n`,
    );
    expect(await readDispatched(dvla, second)).toBe(`CCCCCCCCCCCCCCCC|Sent|1|Sorted|${day}\n`);
    expect(second).not.toBe(first);
  });

  test("answers by itself where it is to", async () => {
    await using dvla = await startDvla({ answers: { acknowledgeAfterMs: 1, respondAfterMs: 2 } });

    await send(dvla, "NOTIFY.1.ZIP", { [fileOf("AAAAAAAAAAAAAAAA")]: await pdfOf(1) });

    const files = async () => (await readdir(join(dvla.home, "dispatch"))).map((name) => name.slice(-7));
    await until(async () => (await files()).length === 2, "both files are there");
    expect(new Set(await files())).toEqual(new Set(["ACK.TXT", "RSP.TXT"]));
  });

  test("remembers over a restart, and takes what came while it was down", async () => {
    const dir = await mkdtemp(join(tmpdir(), "pillarbox-dvla-test-"));
    try {
      const names = ["NOTIFY.1.ZIP", "NOTIFY.2.ZIP"];
      const fingerprints: string[] = [];
      {
        await using dvla = await startDvla({ dir });
        fingerprints.push(dvla.fingerprint);
        await send(dvla, "NOTIFY.1.ZIP", { [fileOf("AAAAAAAAAAAAAAAA")]: await pdfOf(1) });
        await dvla.acknowledge();
        await Bun.write(
          join(dvla.home, "notify/NOTIFY.2.ZIP"),
          new Response(zipOf({ [fileOf("BBBBBBBBBBBBBBBB")]: await pdfOf(2) })),
        );
        // As a kill would cut it.
        await Bun.$`printf '\n{"type":"zip","na' >> ${join(dir, "journal")}`;
      }

      await using dvla = await startDvla({ dir });
      await dvla.settled();

      fingerprints.push(dvla.fingerprint);
      expect(dvla.zips().map(({ name }) => name)).toEqual(names);
      expect(await dvla.acknowledge()).toEqual(["NOTIFY.2.ACK.TXT"]);
      expect((await dvla.pdf("AAAAAAAAAAAAAAAA")).length).toBeGreaterThan(100);
      expect(fingerprints[1]).toBe(fingerprints[0] ?? "");
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
});

describe("the sandbox's letters", () => {
  test("are listed with their text, and linked as PDF and as pictures", async () => {
    await using sandbox = await startSandbox({ ...quiet, dvla: {} });
    const pdf = await pdfOf(2);
    if (!sandbox.dvla) throw new Error("There is no printer");

    await send(sandbox.dvla, "NOTIFY.1.ZIP", { [fileOf("AAAAAAAAAAAAAAAA")]: pdf });

    const { messages } = await (await fetch(`${sandbox.url}/messages?channel=letter`)).json();
    const url = `${sandbox.url}/letters/AAAAAAAAAAAAAAAA.pdf`;
    expect(messages).toMatchObject([
      {
        channel: "letter",
        provider: "dvla",
        to: "Ada Example, 1 Example Road",
        body: "Ada Example\n1 Example Road\nPage 1\nPage 2",
        reference: "AAAAAAAAAAAAAAAA",
        attachments: [{ content_type: "application/pdf", content_base64: null, url, pages: 2 }],
      },
    ]);
    expect(Buffer.from(pdf).equals(await (await fetch(url)).bytes())).toBe(true);
    const picture = await fetch(`${sandbox.url}/letters/AAAAAAAAAAAAAAAA/pages/2.png`);
    expect(picture.headers.get("content-type")).toBe("image/png");
    expect(Buffer.from(await picture.bytes()).toString("latin1", 1, 4)).toBe("PNG");
    expect((await fetch(`${sandbox.url}/letters/AAAAAAAAAAAAAAAA/pages/3.png`)).status).toBe(404);
    const page = await (await fetch(`${sandbox.url}/?channel=letter`)).text();
    expect(page).toContain('src="/letters/AAAAAAAAAAAAAAAA/pages/2.png"');
    expect(page).not.toContain("Print letters now");
  });

  test("are acknowledged and answered by request, and the API is told of both files", async () => {
    await using api = startApi();
    const dvlaOptions = { notices: true, printNow: async () => "Printed" };
    await using sandbox = await startSandbox({ port: 0, receipts: { apiUrl: api.url }, dvla: dvlaOptions });
    if (!sandbox.dvla) throw new Error("There is no printer");
    await send(sandbox.dvla, "NOTIFY.a+b.ZIP", { [fileOf("AAAAAAAAAAAAAAAA")]: await pdfOf(1) });
    const post = async (path: string, body?: string) =>
      (await fetch(sandbox.url + path, { method: "POST", ...(body === undefined ? {} : { body }) })).json();

    expect(await post("/dvla/acknowledge")).toEqual({ files: ["NOTIFY.a+b.ACK.TXT"] });
    const { file } = await post("/dvla/respond", `{"failed":["AAAAAAAAAAAAAAAA"]}`);
    expect(await readDispatched(sandbox.dvla, file)).toStartWith("AAAAAAAAAAAAAAAA|Failed|1|");
    expect(await post("/dvla/respond", `{"failed":7}`)).toMatchObject({ error: expect.any(String) });
    expect(await post("/dvla/print")).toEqual({ said: "Printed" });

    await sandbox.receiptsSettled();
    const keys = (await api.received(2)).map(({ path, body }) => {
      expect(path).toBe("/notifications/letter/dvla");
      return JSON.parse(JSON.parse(body).Message).Records[0].s3.object.key;
    });
    expect(new Set(keys)).toEqual(new Set(["root/dispatch/NOTIFY.a%2Bb.ACK.TXT", `root/dispatch/${file}`]));
  });

  test("are not there without a printer", async () => {
    await using sandbox = await startSandbox(quiet);

    expect(sandbox.dvla).toBeNull();
    for (const path of ["/dvla/zips", "/letters/A.pdf"]) {
      expect((await fetch(sandbox.url + path)).status).toBe(404);
    }
  });

  test("do not arrive where a fault of the printer says so", async () => {
    await using sandbox = await startSandbox({ ...quiet, dvla: {} });
    const { dvla } = sandbox;
    if (!dvla) throw new Error("There is no printer");
    const set = (fault: object) =>
      fetch(`${sandbox.url}/faults`, { method: "POST", body: JSON.stringify(fault) });

    expect((await set({ provider: "dvla", disk_full_after_bytes: 100, count: 1 })).status).toBe(201);
    expect((await set({ provider: "mmg", disk_full_after_bytes: 100 })).status).toBe(400);

    const letters = { [fileOf("AAAAAAAAAAAAAAAA")]: await pdfOf(1) };
    await expect(send(dvla, "NOTIFY.1.ZIP", letters)).rejects.toThrow("No space left on device");
    expect(sandbox.messages("letter")).toEqual([]);
    await send(dvla, "NOTIFY.1.ZIP", letters);
    expect(sandbox.messages("letter")).toHaveLength(1);
  });
});

/** Only the first bytes. */
function cut(bytes: number): TransformStream<Uint8Array, Uint8Array> {
  let left = bytes;
  return new TransformStream({
    transform(piece, controller) {
      controller.enqueue(piece.slice(0, left));
      left = Math.max(0, left - piece.length);
    },
  });
}

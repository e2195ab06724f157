import { describe, expect, test } from "bun:test";
import { PDFDocument, PDFName, PDFNumber } from "@cantoo/pdf-lib";
import { letterDocument, letterPdf, prepare, verdictOn } from "./letter-pdf.ts";

const unreadable = "unable-to-read-the-file";

/** What the process answers to whatever is thrown. */
async function outcomeOf(pdf: Uint8Array): Promise<string> {
  return await verdictOn(pdf).catch(() => unreadable);
}

describe("files that are no letter", () => {
  test.each<[string, Uint8Array | Promise<Uint8Array>]>([
    ["nothing", new Uint8Array()],
    ["a text", new TextEncoder().encode("Dear Ms Sample")],
    ["a head alone", new TextEncoder().encode("%PDF-1.7\n")],
    ["noise after a head", new TextEncoder().encode(`%PDF-1.7\n${"x y z ".repeat(1000)}`)],
    ["the first half of one", letterPdf().then((pdf) => pdf.subarray(0, pdf.length / 2))],
    ["an encrypted one", encrypted({ userPassword: "secret", ownerPassword: "owner" })],
    [
      "an encrypted one that opens without a password",
      encrypted({ userPassword: "", ownerPassword: "owner" }),
    ],
    ["no pages", PDFDocument.create().then((document) => document.save({ addDefaultPage: false }))],
  ])("%s cannot be read", async (_, pdf) => {
    expect(await outcomeOf(await pdf)).toBe(unreadable);
  });

  test.each([
    [10, "valid"],
    [11, "letter-too-long"],
    [10_000, "letter-too-long"],
  ])("%d pages", async (count, verdict) => {
    const document = await letterDocument({ pages: Math.min(count, 10) });
    for (let more = 10; more < count; more += 1) document.addPage();
    const pdf = await document.save();

    const prepared = await prepare(pdf);

    expect(prepared.outcome === "valid" ? "valid" : prepared.code).toBe(verdict);
    expect(prepared).toMatchObject(
      prepared.outcome === "valid" ? { pages: count } : { pages: [], pageCount: count },
    );
  });

  test("a page tree that says fewer pages than it has is counted", async () => {
    const document = await letterDocument({ pages: 10 });
    for (let more = 0; more < 5; more += 1) document.addPage();
    document.catalog.Pages().set(PDFName.of("Count"), PDFNumber.of(1));

    expect(await outcomeOf(await document.save())).toBe("letter-too-long");
  });

  test("a page tree in a circle ends", async () => {
    const document = await letterDocument();
    const tree = document.catalog.Pages();
    const root = document.catalog.get(PDFName.of("Pages"));
    if (root) tree.Kids().push(root);
    tree.set(PDFName.of("Count"), PDFNumber.of(2));

    expect(await outcomeOf(await document.save())).not.toBe("valid");
  });
});

async function encrypted(passwords: { userPassword: string; ownerPassword: string }): Promise<Uint8Array> {
  const document = await letterDocument();
  document.encrypt(passwords);
  return await document.save();
}

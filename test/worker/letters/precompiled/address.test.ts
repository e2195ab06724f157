import { describe, expect, test } from "bun:test";
import { PDFName } from "@cantoo/pdf-lib";
import fontkit from "@pdf-lib/fontkit";
import { address, letterPdf, pointsPerMm, prepare, verdictOn } from "./letter-pdf.ts";

const arimo = new URL(import.meta.resolve("@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf"));

async function readFrom(pdf: Uint8Array, allowsInternational = false): Promise<readonly string[]> {
  const prepared = await prepare(pdf, { allowsInternational });
  if (prepared.outcome === "refused") throw new Error(`Cannot read the address: ${prepared.code}`);
  return prepared.address.lines;
}

describe("what an address is refused for", () => {
  const street = "1 High Street";

  test.each<[lines: string[], home: string, abroad: string]>([
    [[""], "address-is-empty", "address-is-empty"],
    [[" ", ",", ""], "address-is-empty", "address-is-empty"],
    [["Ms A", "LS1 4AP"], "not-enough-address-lines", "not-enough-address-lines"],
    [["Ms A", "LS1 4AP", "England"], "not-enough-address-lines", "not-enough-address-lines"],
    [["Ms A", "b", "c", "d", "e", "f", "g", "LS1 4AP"], "too-many-address-lines", "too-many-address-lines"],
    [["Ms A", "b", "c", "d", "e", "f", "LS1 4AP"], "valid", "valid"],
    [["...", street, "LS1 4AP"], "invalid-address-line-1-or-2", "invalid-address-line-1-or-2"],
    [["Ms A", "-", street, "LS1 4AP"], "invalid-address-line-1-or-2", "invalid-address-line-1-or-2"],
    [
      ["Sgt B", "Unit 1", "BFPO 12", "Germany"],
      "has-country-for-bfpo-address",
      "has-country-for-bfpo-address",
    ],
    [["Sgt B", "Unit 1", "BFPO 12"], "valid", "valid"],
    [["Sgt B", "BFPO 12", "BF1 2AT"], "valid", "valid"],
    [["Ms A", street, "Leeds"], "not-a-real-uk-postcode", "not-a-real-uk-postcode-or-country"],
    [["Ms A", street, "XX1 4AP"], "not-a-real-uk-postcode", "not-a-real-uk-postcode-or-country"],
    [["Ms A", street, "Leeds LS1 4AP"], "not-a-real-uk-postcode", "not-a-real-uk-postcode-or-country"],
    [["Ms A", "1 Rue X", "Paris", "France"], "cant-send-international-letters", "valid"],
    [["Ms A", street, "St Helier", "JE2 3AB", "Jersey"], "valid", "valid"],
    [["Ms A", "@ home", "LS1 4AP"], "invalid-char-in-address", "invalid-char-in-address"],
    [["Ms A", "(Flat)", street, "LS1 4AP"], "invalid-char-in-address", "invalid-char-in-address"],
    [["Ms A", "~1", "LS1 4AP"], "invalid-char-in-address", "invalid-char-in-address"],
    [["Ms A", "NFA", "LS1 4AP"], "no-fixed-abode-address", "no-fixed-abode-address"],
    [["Ms A", "of no fixed abode", "LS1 4AP"], "no-fixed-abode-address", "no-fixed-abode-address"],
    [["Ms A", street, "No fixed address", "LS1 4AP"], "no-fixed-abode-address", "no-fixed-abode-address"],
  ])("%j: %s; abroad allowed: %s", async (lines, home, abroad) => {
    const page = (verdict: string) => (verdict === "valid" ? verdict : `${verdict} 1`);
    // Eight lines fit.
    const pdf = await letterPdf({
      address: [],
      draw: ({ write }) => write(lines.join("\n"), { left: 30, top: 43, size: 7, leading: 8.4 }),
    });

    expect(await verdictOn(pdf)).toBe(page(home));
    expect(await verdictOn(pdf, { allowsInternational: true })).toBe(page(abroad));
  });

  test("earlier faults come first", async () => {
    const pdf = await letterPdf({
      address: ["Ms A"],
      draw: ({ box }) => box({ left: 5, right: 8, top: 100, bottom: 103 }),
    });

    expect(await verdictOn(pdf)).toBe("content-outside-printable-area 1");
  });
});

describe("how an address is read", () => {
  test("as it is written down: postcode in order, countries by their names", async () => {
    expect(
      await readFrom(await letterPdf({ address: ["Ms A  Sample,", "1 High St .", "ls14ap", "UK"] })),
    ).toEqual(["Ms A Sample", "1 High St.", "LS1 4AP"]);
    const abroad = await letterPdf({ address: ["Ms A", "Gade 1", "Kobenhavn", "denmark"] });
    expect(await readFrom(abroad, true)).toEqual(["Ms A", "Gade 1", "Kobenhavn", "Denmark"]);
  });

  test("from the window and three millimetres beside it, hidden text too", async () => {
    const pdf = await letterPdf({
      address: [],
      draw: ({ write, page, font }) => {
        write("Ms A Sample\n1 High Street", { left: 26, top: 44 });
        page.drawText("Leeds", { x: 90, y: page.getHeight() - 55 * pointsPerMm, size: 8, font, opacity: 0 });
        write("LS1 4AP", { left: 26, top: 60 });
        write("Elsewhere", { left: 130, top: 75 });
        write("Town Hall", { left: 130, top: 50 });
      },
    });

    expect(await readFrom(pdf)).toEqual(address);
  });

  test("in the order of its lines, whatever order they were drawn in", async () => {
    const pdf = await letterPdf({
      address: [],
      draw: ({ write }) => {
        write("LS1 4AP", { left: 30, top: 60 });
        write("Sample", { left: 42, top: 44 });
        write("Leeds", { left: 30, top: 54 });
        write("Ms A", { left: 30, top: 44 });
        write("1 High Street", { left: 30, top: 49 });
      },
    });

    expect(await readFrom(pdf)).toEqual(address);
  });

  test("letter by letter, and once what is drawn twice for boldness", async () => {
    const pdf = await letterPdf({
      address: [],
      draw: ({ write, font }) => {
        for (const [row, line] of address.entries()) {
          let left = 30;
          for (const letter of line) {
            const top = 44 + row * 4;
            if (letter !== " ") write(letter, { left, top });
            if (letter !== " ") write(letter, { left: left + 0.1, top });
            left += font.widthOfTextAtSize(letter, 9) / pointsPerMm;
          }
        }
      },
    });

    expect(await readFrom(pdf)).toEqual(address);
  });

  test("with ligatures as plain letters, accents on theirs, and Welsh, Polish and Greek", async () => {
    const pdf = await letterPdf({
      address: [],
      draw: async ({ document, page }) => {
        document.registerFontkit(fontkit);
        const font = await document.embedFont(await Bun.file(arimo).bytes(), { features: { liga: false } });
        const lines = "Dr Grifﬁn Zoe\u0308\nTŷ Łódź Ωμέγα\nShefﬁeld\nLS1 4AP";
        page.drawText(lines, {
          x: 90,
          y: page.getHeight() - 46 * pointsPerMm,
          size: 9,
          lineHeight: 11,
          font,
        });
      },
    });

    expect(await readFrom(pdf)).toEqual(["Dr Griffin Zoë", "Tŷ Łódź Ωμέγα", "Sheffield", "LS1 4AP"]);
  });

  test("as it is drawn, whatever programs are told that it says", async () => {
    const pdf = await letterPdf({
      address: [],
      draw: ({ document: { context }, page, font }) => {
        page.node.setFontDictionary(PDFName.of("F"), font.ref);
        const y = page.getHeight() - 46 * pointsPerMm;
        const drawn = `/Span <</ActualText (Another Person)>> BDC BT /F 9 Tf 12 TL 85 ${y} Td
          (Ms A Sample) Tj (1 High Street) ' EMC (Leeds) ' (LS1 4AP) ' ET`;
        page.node.addContentStream(context.register(context.stream(drawn)));
      },
    });

    expect(await readFrom(pdf)).toEqual(address);
  });

  test("not from a picture", async () => {
    const pdf = await letterPdf({
      address: [],
      draw: ({ box }) => box({ left: 30, right: 60, top: 45, bottom: 60 }),
    });

    expect(await verdictOn(pdf)).toBe("address-is-empty 1");
  });
});

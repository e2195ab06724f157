import { describe, expect, test } from "bun:test";
import { BlendMode, PDFName, PDFString, rgb } from "@cantoo/pdf-lib";
import fontkit from "@pdf-lib/fontkit";
import type { Prepared } from "../../../../worker/letters/precompiled/prepare.ts";
import { type LetterPdf, letterPdf, pointsPerMm, prepare } from "./letter-pdf.ts";
import { photo, testPng } from "./pictures.ts";
import { light, poppler, unpackedText } from "./streams.ts";

async function printed(given: LetterPdf = {}): Promise<Extract<Prepared, { outcome: "valid" }>> {
  const prepared = await prepare(await letterPdf(given), { allowsInternational: true });
  if (prepared.outcome === "refused") throw new Error(`Cannot print it: ${prepared.code}`);
  return prepared;
}

const words = (text: string) => text.split(/\s+/).filter((word) => word !== "");

const arimo = new URL(import.meta.resolve("@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf"));
const hexOf = (text: string) => Buffer.from(text, "latin1").toString("hex");

describe("the address of a letter that is printed", () => {
  test("is gone as it was, and stands at the bottom of its window in 8 pt on 8.5 pt", async () => {
    const secret = ["Zebedee Quixote", "1 High Street", "Leeds", "ls14ap"];

    const { pdf, redrawn } = await printed({ address: secret });

    expect(redrawn).toEqual([]);
    const unpacked = (await unpackedText(pdf)).toLowerCase();
    for (const text of [...secret, "Quixote"]) {
      expect(unpacked).not.toContain(text.toLowerCase());
      expect(unpacked).not.toContain(hexOf(text));
    }
    const boxes = await poppler(pdf, "pdftotext", "-bbox");
    const [postcode] = /<word [^>]*>LS1<\/word>/.exec(boxes) ?? [];
    const [name] = /<word [^>]*>Zebedee<\/word>/.exec(boxes) ?? [];
    const at = (word: string | undefined, side: string) =>
      Number(new RegExp(`${side}="([\\d.]+)"`).exec(word ?? "")?.[1]);
    expect(at(postcode, "xMin")).toBeCloseTo(24.6 * pointsPerMm, 1);
    expect(at(postcode, "yMin") - at(name, "yMin")).toBeCloseTo(3 * 8.5, 1);
    // Its baseline is 2 pt above the window's bottom; Arial hangs 1.7 pt below it.
    expect(at(postcode, "yMax")).toBeGreaterThan(66.3 * pointsPerMm - 2);
    expect(at(postcode, "yMax")).toBeLessThan(66.3 * pointsPerMm + 0.5);
    expect(words(await poppler(pdf, "pdftotext"))).toEqual(
      words("NOTIFY Zebedee Quixote 1 High Street Leeds LS1 4AP Dear Ms Sample"),
    );
  });

  test("is gone from forms, spaced and scaled text, and from what is told beside the text", async () => {
    const { pdf, redrawn } = await printed({
      address: [],
      draw: async ({ document, page, font }) => {
        const { context } = document;
        const fonts = { Font: { F1: font.ref } };
        const form = context.register(
          context.stream(
            "BT /F1 9 Tf 1 Tc 2 Tw 80 Tz 14 TL 0 0 Td (Zebedee Quixote) Tj T* [(1 H) -50 (igh)] TJ ET",
            {
              ...{ Type: "XObject", Subtype: "Form", BBox: [0, -50, 300, 50], Matrix: [1, 0, 0, 1, 10, 0] },
              Resources: fonts,
            },
          ),
        );
        page.node.setXObject(PDFName.of("Fm"), form);
        const y = page.getHeight() - 48 * pointsPerMm;
        const text = `q 1 0 0 1 80 ${y} cm /Fm Do Q
          /Span <</ActualText (Zebedee Quixote, 1 High Street)>> BDC
          BT /F1 9 Tf 90 ${y - 26} Td (Leeds) ' 0 1 (LS1 4AP) " EMC
          1 0 0 1 60 500 Tm (Below it stays) Tj ET`;
        page.node.setFontDictionary(PDFName.of("F1"), font.ref);
        page.node.addContentStream(
          context.register(context.stream(text.replace("(Leeds) '", "12 TL (Leeds) '"))),
        );
      },
    });

    expect(redrawn).toEqual([]);
    const unpacked = (await unpackedText(pdf)).toLowerCase();
    for (const text of [
      "zebedee",
      "quixote",
      "leeds",
      hexOf("Zebedee").toLowerCase(),
      hexOf("Leeds").toLowerCase(),
    ]) {
      expect(unpacked).not.toContain(text);
    }
    expect(words(await poppler(pdf, "pdftotext"))).toEqual(
      words("NOTIFY Zebedee Quixote 1 High Leeds LS1 4AP Dear Ms Sample Below it stays"),
    );
  });

  test("is gone from older versions, notes and metadata that the file carries", async () => {
    const { pdf } = await printed({
      address: ["Zebedee Quixote", "1 High Street", "LS1 4AP"],
      draw: ({ document, page }) => {
        document.setTitle("Letter to Zebedee");
        const { context } = document;
        context.register(context.stream("An old version for Zebedee"));
        page.node.set(PDFName.of("PieceInfo"), context.obj({ Writer: { Private: PDFString.of("Zebedee") } }));
        document.catalog.set(PDFName.of("Metadata"), context.register(context.stream("<x>Zebedee</x>")));
      },
    });

    expect(await unpackedText(pdf)).not.toContain("Zebedee");
  });

  test("is covered where a picture of it stays", async () => {
    const { pdf } = await printed({
      draw: ({ box }) => box({ left: 90, right: 118, top: 45, bottom: 60 }),
    });

    const [, page] = await ppm(pdf, 25);
    expect(page?.(100, 50)).toEqual([255, 255, 255]);
  });

  test("of too long a line is narrowed into its window", async () => {
    const long = "Department of Very Long Names and of Names that are Longer Still, Branch Nº 12";
    const { pdf } = await printed({
      address: [],
      draw: ({ write }) => write(`Ms A\n${long}\nLeeds\nLS1 4AP`, { left: 26, top: 44, size: 6.5 }),
    });

    const boxes = await poppler(pdf, "pdftotext", "-bbox");
    const [, right] = /xMax="([\d.]+)"[^>]*>12</.exec(boxes) ?? [];
    expect(Number(right)).toBeLessThan(120.5 * pointsPerMm);
  });
});

describe("the tag", () => {
  test("is written in white where there is none, once", async () => {
    const { pdf } = await printed();
    const again = await prepare(pdf);

    const boxes = await poppler(pdf, "pdftotext", "-bbox");
    expect(boxes).toMatch(/xMin="5\.10\d*" yMin="[\d.]+"[^>]*>NOTIFY</);
    if (again.outcome === "refused") throw new Error("Cannot print it again");
    expect(words(await poppler(again.pdf, "pdftotext")).filter((word) => word === "NOTIFY")).toHaveLength(1);
  });
});

describe("colours", () => {
  test("become inks in content, forms and pictures; grey text is black alone", async () => {
    const { pdf, redrawn } = await printed({
      draw: async ({ document, page, font }) => {
        page.drawText("Blue", { x: 60, y: 400, size: 12, font, color: rgb(0, 0, 1) });
        page.drawText("Black", { x: 60, y: 380, size: 12, font, color: rgb(0, 0, 0) });
        page.drawImage(await document.embedPng(testPng()), { x: 60, y: 250, width: 90, height: 90 });
        page.drawImage(await document.embedJpg(await photo()), { x: 200, y: 250, width: 90, height: 90 });
        const { context } = document;
        const form = context.register(
          context.stream("/DeviceRGB cs 1 0 0 sc 0 0 50 50 re f 0 1 0 RG 5 5 40 40 re S", {
            ...{ Type: "XObject", Subtype: "Form", BBox: [0, 0, 50, 50] },
            Group: { S: "Transparency", CS: "DeviceRGB" },
          }),
        );
        page.node.setXObject(PDFName.of("Fm"), form);
        const draw = context.stream("q 1 0 0 1 350 250 cm /Fm Do Q");
        page.node.addContentStream(context.register(draw));
      },
    });

    expect(redrawn).toEqual([]);
    const unpacked = await unpackedText(pdf);
    expect(unpacked).not.toMatch(light);
    expect(unpacked).toContain("1 1 0 0 k");
    expect(unpacked).toContain("0 0 0 1 k");
    const images = await poppler(pdf, "pdfimages");
    expect(images.match(/cmyk/g)).toHaveLength(2);
    expect(images).not.toMatch(/rgb|icc/);
    expect(new TextDecoder().decode(pdf.subarray(0, 8))).toBe("%PDF-1.7");
    const [, page] = await ppm(pdf, 72);
    // In the middle of the form, from the bottom left: red.
    const [red = 0, green = 0] = page?.(375 / pointsPerMm, 297 - 275 / pointsPerMm) ?? [];
    expect(red - green).toBeGreaterThan(120);
  });

  test("a page with a shading in light becomes a picture in inks, with its tag and address as text", async () => {
    const { pdf, redrawn } = await printed({
      pages: 2,
      draw: ({ document: { context }, page }) => {
        const shading = {
          ...{ ShadingType: 2, ColorSpace: "DeviceRGB", Coords: [0, 0, 200, 0] },
          Function: { FunctionType: 2, Domain: [0, 1], C0: [1, 0, 0], C1: [0, 0, 1], N: 1 },
        };
        const resources = page.node.normalizedEntries().Resources;
        resources.set(PDFName.of("Shading"), context.obj({ Sh: shading }));
        const draw = context.stream("q 1 0 0 1 60 300 cm 0 0 200 50 re W n /Sh sh Q");
        page.node.addContentStream(context.register(draw));
      },
    });

    expect(redrawn.map(({ page }) => page)).toEqual([1, 2]);
    expect(await unpackedText(pdf)).not.toMatch(light);
    expect(words(await poppler(pdf, "pdftotext"))).toEqual(
      words("NOTIFY Ms A Sample 1 High Street Leeds LS1 4AP"),
    );
    const images = await poppler(pdf, "pdfimages");
    expect(images.match(/2480\s+3508\s+cmyk/g)).toHaveLength(2);
  });

  test("see-through things stay as they look", async () => {
    const { redrawn } = await printed({
      draw: ({ page }) => {
        page.drawRectangle({ x: 60, y: 300, width: 100, height: 50, color: rgb(0, 0.5, 0.5), opacity: 0.5 });
        page.drawRectangle({
          ...{ x: 100, y: 320, width: 100, height: 50, color: rgb(1, 0.8, 0) },
          blendMode: BlendMode.Multiply,
        });
      },
    });

    expect(redrawn).toEqual([]);
  });
});

describe("fonts", () => {
  test("that are only named are put in; embedded ones stay", async () => {
    const { pdf, redrawn } = await printed({
      pages: 2,
      draw: async ({ document, page }) => {
        document.registerFontkit(fontkit);
        const own = await document.embedFont(await Bun.file(arimo).bytes());
        page.drawText("In its own font", { x: 60, y: 500, size: 10, font: own });
        const bold = await document.embedFont("Helvetica-Bold");
        page.drawText("In bold: café £12", { x: 60, y: 480, size: 10, font: bold });
      },
    });

    expect(redrawn).toEqual([]);
    const rows = (await poppler(pdf, "pdffonts")).trim().split("\n").slice(2);
    expect(rows.length).toBeGreaterThanOrEqual(4);
    for (const row of rows) expect(row).toMatch(/\s(?:WinAnsi|Identity-H)\s+yes\s/);
    expect(await poppler(pdf, "pdftotext")).toContain("In bold: café £12");
  });

  test("that nothing is written in are not missed", async () => {
    const { redrawn } = await printed({
      draw: async ({ document, page }) => {
        page.node.setFontDictionary(PDFName.of("Unused"), (await document.embedFont("Courier")).ref);
      },
    });

    expect(redrawn).toEqual([]);
  });

  test("without a like make their page a picture", async () => {
    const { redrawn } = await printed({
      pages: 2,
      draw: async ({ document, page }, index) => {
        if (index === 0) return;
        const times = await document.embedFont("Times-Roman");
        page.drawText("In Times", { x: 60, y: 500, size: 10, font: times });
      },
    });

    expect(redrawn.map(({ page }) => page)).toEqual([2]);
  });
});

describe("what is printed", () => {
  test("of a letter made by another program is its text, lines and pictures still", async () => {
    const letter = await letterPdf({
      address: ["Zebedee Quixote", "1 High Street", "LS1 4AP"],
      draw: async ({ document, page }) => {
        page.drawImage(await document.embedPng(testPng()), {
          x: 60,
          y: 250,
          width: 90,
          height: 90,
          opacity: 0.5,
        });
        page.drawCircle({ x: 450, y: 300, size: 40, color: rgb(0, 0.4, 1), opacity: 0.4 });
      },
    });
    const { stdout } = Bun.spawn(["pdftocairo", "-pdf", "-", "-"], { stdin: letter, stdout: "pipe" });

    const prepared = await prepare(await new Response(stdout).bytes());

    expect(prepared).toMatchObject({ outcome: "valid", redrawn: [] });
    if (prepared.outcome === "refused") return;
    expect(await unpackedText(prepared.pdf)).not.toMatch(light);
    expect(words(await poppler(prepared.pdf, "pdftotext"))).toEqual(
      words("NOTIFY Zebedee Quixote 1 High Street LS1 4AP Dear Ms Sample"),
    );
  });

  test("of ten full pages stays a small file, and the same letter gives the same bytes", async () => {
    const given: LetterPdf = {
      pages: 10,
      draw: ({ write }) =>
        write(`${"The quick brown fox jumps over the lazy dog. ".repeat(2)}\n`.repeat(40), {
          left: 20,
          top: 120,
        }),
    };
    const pdf = await letterPdf(given);

    const [first, second] = [await prepare(pdf), await prepare(pdf)];

    if (first.outcome === "refused" || second.outcome === "refused") throw new Error("Cannot print it");
    expect(first.pages).toBe(10);
    expect(first.pdf.byteLength).toBeLessThan(2 * 1024 * 1024);
    expect(Buffer.compare(first.pdf, second.pdf)).toBe(0);
  });

  test("keeps an address whose letters the font lacks as it was drawn", async () => {
    // U+0E01, which Arimo has not: said by the font's own map of codes.
    const pdf = await letterPdf({
      address: ["Ms A Sample", "X High Street", "Leeds", "LS1 4AP"],
      draw: ({ document: { context }, page }) => {
        const map = context.register(context.stream(thaiMap));
        const font = context.obj({
          ...{ Type: "Font", Subtype: "Type1", BaseFont: "Helvetica", Encoding: "WinAnsiEncoding" },
          ToUnicode: map,
        });
        page.node.setFontDictionary(PDFName.of("Thai"), context.register(font));
        const y = page.getHeight() - 47 * pointsPerMm;
        const draw = context.stream(`BT /Thai 9 Tf 200 ${y} Td (Z) Tj ET`);
        page.node.addContentStream(context.register(draw));
      },
    });

    const prepared = await prepare(pdf);

    expect(prepared).toMatchObject({ outcome: "valid", keptAddress: true });
    expect(prepared.outcome === "valid" && prepared.address.lines).toContainEqual(
      expect.stringContaining("ก"),
    );
  });
});

const thaiMap = `/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CMapName /Thai def /CMapType 2 def 1 begincodespacerange <00> <ff> endcodespacerange
1 beginbfchar <5a> <0e01> endbfchar endcmap end end`;

/** The pages as poppler draws them: by millimetres from the top left. Index 0 is nothing. */
async function ppm(pdf: Uint8Array, dotsPerInch: number) {
  const { stdout } = Bun.spawn(["pdftoppm", "-r", String(dotsPerInch), "-f", "1", "-l", "1", "-"], {
    ...{ stdin: pdf, stdout: "pipe", stderr: "ignore" },
  });
  const bytes = await new Response(stdout).bytes();
  const [head, width] = /^P6\s+(\d+)\s+\d+\s+255\s/.exec(
    Buffer.from(bytes.subarray(0, 40)).toString("latin1"),
  ) ?? [""];
  return [
    null,
    (x: number, y: number): [number, number, number] => {
      const column = Math.floor((x / 25.4) * dotsPerInch);
      const row = Math.floor((y / 25.4) * dotsPerInch);
      const at = head.length + (row * Number(width) + column) * 3;
      return [bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0];
    },
  ] as const;
}

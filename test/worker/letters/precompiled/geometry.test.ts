import { describe, expect, test } from "bun:test";
import { cmyk, degrees, PDFName, PDFNumber, rgb } from "@cantoo/pdf-lib";
import { a4, letterPdf, pointsPerMm, verdictOn } from "./letter-pdf.ts";

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** A box of 3 mm that reaches so far to one side. */
function reaching(edge: keyof Box, mm: number, across: number): Box {
  switch (edge) {
    case "left":
      return { left: mm, right: mm + 3, top: across, bottom: across + 3 };
    case "right":
      return { left: mm - 3, right: mm, top: across, bottom: across + 3 };
    case "top":
      return { left: across, right: across + 3, top: mm, bottom: mm + 3 };
    case "bottom":
      return { left: across, right: across + 3, top: mm - 3, bottom: mm };
  }
}

const outward = { left: -1, right: 1, top: -1, bottom: 1 } as const;
/** Less than two dots of what is looked at. */
const nearMm = 0.2;

describe("the printable area", () => {
  const edges: [what: string, page: number, edge: keyof Box, mm: number, across: number][] = [
    ["logo", 0, "left", 15, 10],
    ["logo", 0, "top", 5, 50],
    ["logo", 0, "bottom", 30, 50],
    ["service address", 0, "top", 5, 150],
    ["service address", 0, "right", 195, 50],
    ["service address", 0, "left", 125, 60],
    ["address window", 0, "left", 24.6, 60],
    ["address window", 0, "right", 120, 60],
    ["address window", 0, "top", 39.5, 60],
    ["address window", 0, "bottom", 66.3, 60],
    ["body", 0, "left", 15, 200],
    ["body", 0, "right", 195, 200],
    ["body", 0, "top", 95, 50],
    ["body", 0, "bottom", 292, 50],
    ["second page", 1, "left", 15, 50],
    ["second page", 1, "right", 195, 50],
    ["second page", 1, "top", 5, 50],
    ["second page", 1, "bottom", 292, 50],
  ];

  test.each(edges)(
    "%s on page %d: %s edge has a millimetre's grace and no more",
    async (_, at, edge, mm, across) => {
      const withBox = (beyond: number) =>
        letterPdf({
          pages: 2,
          draw: ({ box }, page) => {
            if (page === at) box(reaching(edge, mm + outward[edge] * beyond, across));
          },
        });

      expect(await verdictOn(await withBox(1 - nearMm))).toBe("valid");
      expect(await verdictOn(await withBox(1 + nearMm))).toBe(`content-outside-printable-area ${at + 1}`);
    },
  );

  test("names every page that is at fault, and takes the lightest grey for ink", async () => {
    const pdf = await letterPdf({
      pages: 4,
      draw: ({ page }, index) => {
        if (index % 2 === 0) return;
        page.drawRectangle({ x: 5, y: 5, width: 9, height: 9, color: rgb(0.98, 0.98, 0.98) });
      },
    });

    expect(await verdictOn(pdf)).toBe("content-outside-printable-area 2 4");
  });

  test("lets white stand anywhere", async () => {
    const pdf = await letterPdf({
      draw: ({ page }) =>
        page.drawRectangle({ x: 0, y: 0, width: 900, height: 900, color: cmyk(0, 0, 0, 0) }),
    });

    // It covers the address, which is text all the same.
    expect(await verdictOn(pdf)).toBe("valid");
  });

  test("sees what is drawn by a note on the page", async () => {
    const pdf = await letterPdf({
      draw: ({ document, page }) => {
        const { context } = document;
        const look = context.register(
          context.stream("0 g 0 0 20 20 re f", { Type: "XObject", Subtype: "Form", BBox: [0, 0, 20, 20] }),
        );
        const note = context.obj({
          ...{ Type: "Annot", Subtype: "Stamp", Rect: [2, 400, 22, 420], F: 4, AP: { N: look } },
        });
        page.node.set(PDFName.of("Annots"), context.obj([context.register(note)]));
      },
    });

    expect(await verdictOn(pdf)).toBe("content-outside-printable-area 1");
  });
});

describe("the shape of a page", () => {
  const misshapen = "letter-not-a4-portrait-oriented 1";

  test.each<[width: number, height: number, verdict: string]>([
    [210, 297, "valid"],
    [211.99, 298.99, "valid"],
    [208.01, 295.01, "valid"],
    [212.1, 297, misshapen],
    [207.9, 297, misshapen],
    [210, 299.1, misshapen],
    [210, 294.9, misshapen],
    [297, 210, misshapen],
    [215.9, 279.4, misshapen],
    [1, 1, misshapen],
  ])("%d × %d mm", async (width, height, verdict) => {
    expect(await verdictOn(await letterPdf({ size: { width, height } }))).toBe(verdict);
  });

  test("of several, those at fault are named", async () => {
    const pdf = await letterPdf({
      pages: 3,
      draw: ({ page }, index) => {
        if (index === 1) page.setSize(a4.height * pointsPerMm, a4.width * pointsPerMm);
      },
    });

    expect(await verdictOn(pdf)).toBe("letter-not-a4-portrait-oriented 2");
  });

  /** Draws upright on a page that is stored otherwise. */
  async function stored(
    box: readonly [left: number, bottom: number, right: number, top: number],
    rotate: number,
    matrix: readonly number[],
    entries: Record<string, number | readonly number[]> = {},
  ) {
    return await letterPdf({
      draw: ({ document: { context }, page }) => {
        page.setRotation(degrees(rotate));
        page.node.set(PDFName.of("MediaBox"), context.obj([...box]));
        for (const [name, value] of Object.entries(entries)) {
          const stored = typeof value === "number" ? PDFNumber.of(value) : context.obj([...value]);
          page.node.set(PDFName.of(name), stored);
        }
        const before = context.register(context.stream(`q ${matrix.join(" ")} cm`));
        const after = context.register(context.stream("Q"));
        page.node.wrapContentStreams(before, after);
      },
    });
  }

  const [w, h] = [a4.width * pointsPerMm, a4.height * pointsPerMm];

  test.each<[string, Uint8Array | Promise<Uint8Array>]>([
    ["upside down", stored([0, 0, w, h], 180, [-1, 0, 0, -1, w, h])],
    ["a landscape box turned by 90", stored([0, 0, h, w], 90, [0, 1, -1, 0, h, 0])],
    ["a landscape box turned by 270", stored([0, 0, h, w], 270, [0, -1, 1, 0, 0, w])],
    ["turned by -90", stored([0, 0, h, w], -90, [0, -1, 1, 0, 0, w])],
    ["with its origin elsewhere", stored([-300, 1000, w - 300, h + 1000], 0, [1, 0, 0, 1, -300, 1000])],
    ["with corners the other way", stored([w, h, 0, 0], 0, [1, 0, 0, 1, 0, 0])],
    [
      "cut out of a larger sheet",
      stored([-20, -20, w + 20, h + 20], 0, [1, 0, 0, 1, 0, 0], { CropBox: [0, 0, w, h] }),
    ],
    [
      "cut larger than its sheet",
      stored([0, 0, w, h], 0, [1, 0, 0, 1, 0, 0], { CropBox: [-50, -50, w + 50, h + 50] }),
    ],
    ["in units of two points", stored([0, 0, w / 2, h / 2], 0, [0.5, 0, 0, 0.5, 0, 0], { UserUnit: 2 })],
  ])("a page %s is read as it shows", async (_, pdf) => {
    expect(await verdictOn(await pdf)).toBe("valid");
  });

  test.each<[string, Uint8Array | Promise<Uint8Array>]>([
    ["an upright box turned by 90", stored([0, 0, w, h], 90, [1, 0, 0, 1, 0, 0])],
    ["a landscape box", stored([0, 0, h, w], 0, [1, 0, 0, 1, 0, 0])],
    ["a landscape box upside down", stored([0, 0, h, w], 180, [1, 0, 0, 1, 0, 0])],
    ["in units of two points, of A4's numbers", stored([0, 0, w, h], 0, [1, 0, 0, 1, 0, 0], { UserUnit: 2 })],
    ["cut to less", stored([0, 0, w, h], 0, [1, 0, 0, 1, 0, 0], { CropBox: [0, 0, w - 30, h] })],
  ])("%s is not A4 upright", async (_, pdf) => {
    expect(await verdictOn(await pdf)).toBe(misshapen);
  });
});

describe("the NOTIFY tag", () => {
  const tagged = (pageIndex: number, place: { left: number; top: number }, text = "NOTIFY") =>
    letterPdf({
      pages: 3,
      draw: ({ page, font }, index) => {
        if (index !== pageIndex) return;
        const [x, y] = [place.left * pointsPerMm, (a4.height - place.top) * pointsPerMm];
        page.drawText(text, { x, y, size: 6, font, color: rgb(1, 1, 1) });
      },
    });

  test.each<[string, number, { left: number; top: number }, string, string]>([
    ["on page 1", 0, { left: 1.8, top: 3.4 }, "NOTIFY", "valid"],
    ["on page 2", 1, { left: 1.8, top: 3.4 }, "NOTIFY", "notify-tag-found-in-content 2"],
    ["on page 3", 2, { left: 4, top: 5.5 }, "NOTIFY", "notify-tag-found-in-content 3"],
    ["beside its place on page 2", 1, { left: 20, top: 3.4 }, "NOTIFY", "valid"],
    ["below its place on page 2", 1, { left: 1.8, top: 9 }, "NOTIFY", "valid"],
    ["as another word on page 2", 1, { left: 1.8, top: 3.4 }, "NOTE", "valid"],
  ])("%s", async (_, page, place, text, verdict) => {
    expect(await verdictOn(await tagged(page, place, text))).toBe(verdict);
  });
});

import { expect, test } from "bun:test";
import QRCode from "qrcode";
import { openPdfium } from "../../../../worker/letters/pdfium/pdfium.ts";
import { render, renderPdf } from "./letters.ts";

const pixelsPerMm = 10;
const sideMm = (84 * 25.4) / 72;

/** The letter's first page, dark where a dot of ink is. Asked in millimetres from the top left. */
async function inkOf(pdf: Uint8Array): Promise<(x: number, y: number) => boolean> {
  const pdfium = await openPdfium();
  using file = pdfium.open(pdf);
  using page = file?.page(0);
  if (!page) throw new Error("Cannot read the page");
  const [width, height] = [210 * pixelsPerMm, 297 * pixelsPerMm];
  const pixels = page.render({ width, height });
  return (x, y) => {
    const at = (Math.round(y * pixelsPerMm) * width + Math.round(x * pixelsPerMm)) * 4;
    return (pixels[at] ?? 255) < 128;
  };
}

test.each([
  ["a link", "https://town-hall.example/pay?ref=AB-123&x='1'"],
  ["as much as there may be", `${"é".repeat(252)}`],
])("a QR code of %s has each of its dots in its place, 84 points wide", async (_, data) => {
  const { pdf } = await renderPdf({ subject: "", content: `qr: ((data))`, values: { data } });
  const { modules } = QRCode.create(data, { errorCorrectionLevel: "M" });

  const ink = await inkOf(pdf);

  // Below the date.
  const top = 104 + (16 + 12) * (25.4 / 72);
  const step = sideMm / modules.size;
  const wrong: string[] = [];
  for (let row = 0; row < modules.size; row += 1) {
    for (let column = 0; column < modules.size; column += 1) {
      const isDark = ink(15 + (column + 0.5) * step, top + (row + 0.5) * step);
      if (isDark !== (modules.get(row, column) === 1)) wrong.push(`${row}:${column}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(ink(15 + sideMm + 0.3, top + step / 2)).toBe(false);
  expect(ink(15 + step / 2, top + sideMm + 0.3)).toBe(false);
});

test("one that would hold too much is refused, in either language", async () => {
  const content = "qr: ((data))";
  const refused = { outcome: "oversized-qr-code" as const, numBytes: 505 };
  const values = { data: "x".repeat(505) };

  expect(await render({ content, values })).toEqual(refused);
  expect(await render({ welsh: { subject: "", content }, values })).toEqual(refused);
});

import QRCode from "qrcode";
import { qrCodeSide } from "./geometry.ts";
import type { Rectangle } from "./ink.ts";

/** A QR code as the dark parts of its rows, without a border. Data is at most 504 bytes. */
export function qrRectangles(data: string, { x, y }: { x: number; y: number }): Rectangle[] {
  const { modules } = QRCode.create(data, { errorCorrectionLevel: "M" });
  const side = qrCodeSide / modules.size;
  const rectangles: Rectangle[] = [];
  for (let row = 0; row < modules.size; row += 1) {
    let start = 0;
    for (let column = 0; column <= modules.size; column += 1) {
      if (column < modules.size && modules.get(row, column)) continue;
      if (column > start) {
        rectangles.push({
          x: x + start * side,
          y: y + row * side,
          width: (column - start) * side,
          height: side,
        });
      }
      start = column + 1;
    }
  }
  return rectangles;
}

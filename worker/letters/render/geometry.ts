/*
 * Where things stand on a letter (`spec/templates.md` 6.2), inside what may be printed on (`spec/letters.md` 2.3). All
 * in points, from the top left corner of the sheet.
 */

/** Points of so many millimetres. */
function mm(millimetres: number): number {
  return (millimetres * 72) / 25.4;
}

export const sheet = { width: mm(210), height: mm(297) };

/** The columns of text: on a letter's first page it begins below the address window and the date's place. */
export const body = { left: mm(15), width: mm(137.5), firstTop: mm(104), top: mm(15), bottom: mm(282) };

/** It shows through the envelope's window; the last line stands at its bottom. */
export const address = { left: mm(24.6), width: mm(85), bottom: mm(66.2), lines: 7 };

/** Notify lets it reach 5 mm further than may be printed on. Lines stand at the bottom; what is too much is cut. */
export const contactBlock = { left: mm(128.8), width: mm(66.2), bottom: mm(82.2), lines: 11 };

/** Page numbers end here, in the middle of the bottom margin. */
export const footer = { right: mm(195), middle: mm(289.5) };

/** The printer cuts its stream of letters where it reads this. */
export const notifyTag = { left: mm(1.8), top: mm(1.8), size: 6 };

export interface TextStyle {
  size: number;
  lineHeight: number;
}

export const styles = {
  address: { size: 8, lineHeight: 8.5 },
  contactBlock: { size: 10, lineHeight: 12 },
  subject: { size: 20, lineHeight: 23.4 },
  heading: { size: 14, lineHeight: 17.4 },
  body: { size: 12.5, lineHeight: 16 },
  footer: { size: 10, lineHeight: 12 },
} as const satisfies Record<string, TextStyle>;

/** Space between what follows one another; of two that meet the larger counts. */
export const gaps = { date: 16, subject: 12, beforeHeading: 18, paragraph: 12, item: 4 };

/** How far the words of a list stand in, at least, and how far before them its marks end. */
export const list = { indent: 20, markGap: 7 };

export const qrCodeSide = 84;

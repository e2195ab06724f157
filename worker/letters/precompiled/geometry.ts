/*
 * Where things stand on a letter (`spec/letters.md` 2.3), in millimetres from the top left of the page.
 */

export interface Area {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export const addressWindow: Area = { left: 24.6, right: 120, top: 39.5, bottom: 66.3 };
/** Where `NOTIFY` says that a letter begins. */
export const tagBox: Area = { left: 0, right: 15.191, top: 0, bottom: 6.149 };

const logo: Area = { left: 15, right: 125, top: 5, bottom: 30 };
const serviceAddress: Area = { left: 125, right: 195, top: 5, bottom: 95 };
const firstBody: Area = { left: 15, right: 195, top: 95, bottom: 292 };
const printable: Area = { left: 15, right: 195, top: 5, bottom: 292 };

/** What may be printed on, by the page's number from 0. */
export function printableAreas(page: number): readonly Area[] {
  return page === 0 ? [logo, addressWindow, serviceAddress, firstBody] : [printable];
}

/** So much beside an area still counts as in it, to each side. */
export const graceMm = 1;
/** So far to each side of its window an address is looked for. */
const addressSearchMm = 3;

export const addressSearch: Area = grown(addressWindow, addressSearchMm);

export function grown({ left, right, top, bottom }: Area, mm: number): Area {
  return { left: left - mm, right: right + mm, top: top - mm, bottom: bottom + mm };
}

export const pointsPerMm = 72 / 25.4;

const a4 = { width: 210, height: 297 };
const a4GraceMm = 2;

/** Whether a page that shows with this size, in points, is A4 upright. */
export function isA4Portrait({ width, height }: { width: number; height: number }): boolean {
  // A hundredth of a millimetre for how programs round.
  const isNear = (points: number, mm: number) => Math.abs(points / pointsPerMm - mm) <= a4GraceMm + 0.01;
  return isNear(width, a4.width) && isNear(height, a4.height);
}

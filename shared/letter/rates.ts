import type { Postage } from "../recipient/postage.ts";

/** Pence for a letter by its postage: of one sheet, of two, and so on. What has more costs as the last. */
export type LetterRates = Readonly<Record<Postage, readonly number[]>>;

/** In pounds. Nothing without a sheet: a test key's letter, say, which is not printed. */
export function letterCost(rates: LetterRates, postage: Postage, sheets: number): number {
  const ofPostage = rates[postage];
  const pence = sheets > 0 ? (ofPostage[sheets - 1] ?? ofPostage.at(-1) ?? 0) : 0;
  return pence / 100;
}

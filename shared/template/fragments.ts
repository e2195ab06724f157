import { countExtended, type SmsEncoding } from "./gsm.ts";

/**
 * How many texts a downgraded message is charged as. As in Notify, a character of two places that straddles
 * two fragments is not allowed for.
 */
export function countFragments(text: string, encoding: SmsEncoding): number {
  if (encoding === "unicode") return text.length <= 70 ? 1 : Math.ceil(text.length / 67);
  const length = text.length + countExtended(text);
  return length <= 160 ? 1 : Math.ceil(length / 153);
}

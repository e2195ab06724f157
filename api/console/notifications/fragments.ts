import { countExtended, type SmsEncoding } from "../../../shared/template/gsm.ts";

/** Characters that fit into a text by itself, and into each of several that a telephone joins. */
const room = { gsm: { one: 160, each: 153 }, unicode: { one: 70, each: 67 } } as const;

/**
 * A message's parts as they travel, as many as `countFragments` charges for: a character of two places that straddles two
 * of them stands in the later.
 */
export function splitFragments(text: string, encoding: SmsEncoding): string[] {
  const { one, each } = room[encoding];
  const widthOf = (unit: string) => (encoding === "gsm" ? 1 + countExtended(unit) : 1);
  const units = text.split("");
  const length = units.reduce((sum, unit) => sum + widthOf(unit), 0);
  if (length <= one) return [text];
  const parts: string[] = [];
  let end = 0;
  for (const unit of units) {
    end += widthOf(unit);
    const part = Math.ceil(end / each) - 1;
    parts[part] = (parts[part] ?? "") + unit;
  }
  return parts;
}

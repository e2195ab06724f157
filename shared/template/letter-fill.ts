import { escapeHtml } from "../text/html.ts";
import { type FillStyle, fill, htmlBulletStyle, htmlStyle, plainStyle, withEscapedKeys } from "./fill.ts";
import { compileContent, type Personalisation } from "./placeholders.ts";

/*
 * Letters are filled as HTML is, from texts that were escaped before they were compiled; but what has no value stands
 * in print as it was typed.
 */

export const letterBodyStyle: FillStyle = { ...htmlBulletStyle, missing: plainStyle.missing };
/** Subjects, contact blocks. */
export const letterLineStyle: FillStyle = { ...htmlStyle, missing: plainStyle.missing };

/** Several times what ten pages of the narrowest letters hold: whatever is longer is not read to its end. */
const mostCharacters = 200_000;

export interface FilledText {
  /** Escaped for HTML. */
  text: string;
  /** False where only its beginning is here. */
  isWhole: boolean;
}

export function fillLetterText(
  content: string,
  personalisation: Personalisation,
  style: FillStyle,
): FilledText {
  const text = fill(compileContent(escapeHtml(content)), withEscapedKeys(personalisation), style);
  if (text.length <= mostCharacters) return { text, isWhole: true };
  // Neither half of a pair nor of an entity is left at the end.
  return {
    text: text.slice(0, mostCharacters).replace(/[\ud800-\udbff]$|&[^;\s]{0,40}$/, ""),
    isWhole: false,
  };
}

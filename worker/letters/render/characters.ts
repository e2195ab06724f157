import { whitespaceClass } from "../../../shared/text/whitespace.ts";
import type { LetterFonts } from "./fonts.ts";

/** Everything that is printed is made of these, nothing beyond. */
const plain = /^[ -~£‘’“”–]*$/;
const noBreakSpace = /^[\u00a0\u2007\u202f]$/;
const space = new RegExp(`^[${whitespaceClass}]$`);
const hyphen = /^[\u2010\u2011]$/;
const invisible = /^[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]$/u;
const accent = /^\p{Mn}$/u;
const letter = /^\p{L}$/u;
/** Some have pictures, but not those of their words; the replacement character stands where a text was spoilt. */
const untrusted = /^[\p{Co}\p{Me}\p{Mc}\ufff9-\uffff]$/u;
/** Scripts written from the right, which we cannot set: Hebrew, Arabic and their like. */
const rightToLeft = /^[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]$/u;

/** Texts made printable, and what could not be. */
export interface Characters {
  /** The text with nothing but what the fonts have. Spaces are ` `, or U+00A0 where no line may end. */
  printable(text: string): string;
  /** Characters met that cannot be printed, in order. */
  readonly missing: ReadonlySet<number>;
}

/**
 * Accents are composed; what the fonts lack is written plainer where Unicode knows how (`Ａ` as `A`, `ẍ̃` as `ẍ`).
 * Nothing is drawn as an empty box or left out unseen: what remains is `missing`.
 */
export function createCharacters({ regular, bold }: LetterFonts): Characters {
  const missing = new Set<number>();
  const has = (codePoint: number) => regular.widthOf(codePoint) !== null && bold.widthOf(codePoint) !== null;

  const printableCharacter = (character: string, before: string): string | null => {
    const codePoint = character.codePointAt(0) ?? 0;
    if (noBreakSpace.test(character)) return "\u00a0";
    if (space.test(character)) return " ";
    if (hyphen.test(character)) return "-";
    if (invisible.test(character)) return "";
    if (untrusted.test(character) || rightToLeft.test(character)) return null;
    if (accent.test(character)) return letter.test(before) ? "" : null;
    if (has(codePoint)) return character;
    const plainer = character.normalize("NFKD");
    return plainer === character ? null : printableText(plainer);
  };

  const printableText = (text: string): string | null => {
    let printed = "";
    let last = "";
    for (const character of text) {
      const found = printableCharacter(character, last);
      if (found === null) return null;
      printed += found;
      last = found.slice(-1) || last;
    }
    return printed;
  };

  return {
    missing,
    printable(text) {
      if (plain.test(text)) return text;
      let printed = "";
      let last = "";
      for (const character of text.normalize("NFC")) {
        const found = printableCharacter(character, last);
        if (found === null) missing.add(character.codePointAt(0) ?? 0);
        else {
          printed += found;
          last = found.slice(-1) || last;
        }
      }
      return printed;
    },
  };
}

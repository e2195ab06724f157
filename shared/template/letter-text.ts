import { decodeEntities } from "../text/html.ts";
import { niceTypography } from "../text/typography.ts";
import { normaliseSpace, tightPunctuation, trimSpace } from "../text/whitespace.ts";
import { type LetterBlock, readLetterHtml } from "./letter-blocks.ts";
import { fillLetterText, letterBodyStyle, letterLineStyle } from "./letter-fill.ts";
import { renderLetterHtml } from "./letter-html.ts";
import { parseMarkdown } from "./markdown-inline.ts";
import type { Personalisation } from "./placeholders.ts";

/** One language's half of a letter's template. */
export interface LetterText {
  subject: string;
  content: string;
}

/** What a letter says in one language, ready to be laid out (`spec/templates.md` 3, 6.1). */
export interface FilledLetter {
  subject: string;
  blocks: LetterBlock[];
  /** False where it says more than can ever be printed, and this is its beginning. */
  isWhole: boolean;
}

export function fillLetter({ subject, content }: LetterText, personalisation: Personalisation): FilledLetter {
  const line = fillLetterText(subject, personalisation, letterLineStyle);
  const body = fillLetterText(content, personalisation, letterBodyStyle);
  const { html, qrCodes } = renderLetterHtml(parseMarkdown(`${body.text}\n`));
  return {
    subject: decodeEntities(normaliseSpace(niceTypography(line.text))),
    blocks: readLetterHtml({ html: niceTypography(html), qrCodes }),
    isWhole: line.isWhole && body.isWhole,
  };
}

/** The lines in which a letter says whom it is from. Inner lines may be empty; nobody prints more than a few. */
export function fillContactBlock(contactBlock: string, personalisation: Personalisation): string[] {
  const trimmed = contactBlock.split("\n").map(trimSpace).join("\n");
  const filled = fillLetterText(trimmed, personalisation, letterLineStyle);
  const text = decodeEntities(trimSpace(tightPunctuation(filled.text)));
  return text === "" ? [] : text.split("\n");
}

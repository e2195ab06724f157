import { countExtended, downgradeToGsm, smsEncoding } from "../template/gsm.ts";
import { compileContent } from "../template/placeholders.ts";
import { capNewlines, normaliseLines, tightPunctuation, trimSpace } from "../text/whitespace.ts";

/** What phones show of an alert (`spec/broadcasts.md` 2 "Content rules"). */

const most = { gsm: 1395, unicode: 615 };
const tooLong = {
  gsm: "must be 1,395 characters or fewer",
  unicode: "must be 615 characters or fewer (because it could not be GSM7 encoded)",
};

/** As an alert is stored and sent: what no phone shows is replaced, spaces and line ends are tidied. */
export function normaliseContent(text: string): string {
  return downgradeToGsm(trimSpace(capNewlines(normaliseLines(tightPunctuation(text)))));
}

/** What is wrong with the words of an alert, to follow the name of their field; null where nothing is. */
export function contentFault(normalised: string): string | null {
  if (normalised === "") return "must not be empty";
  // Nobody is there any more to fill them in.
  if (compileContent(normalised).placeholders.length > 0) return "must not contain ((placeholders))";
  const encoding = smsEncoding(normalised);
  // Some take two places, but only in GSM's own alphabet.
  const places = normalised.length + (encoding === "gsm" ? countExtended(normalised) : 0);
  return places <= most[encoding] ? null : tooLong[encoding];
}

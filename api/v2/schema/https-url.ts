import * as v from "valibot";
import { notHttpsUrl } from "./words.ts";

const pct = "%[0-9A-Fa-f]{2}";
const pathCharacter = `(?:[A-Za-z0-9\\-._~!$&'()*+,;=:@]|${pct})`;
const userInfo = `(?:[A-Za-z0-9\\-._~!$&'()*+,;=:]|${pct})*@`;
const name = `(?:[A-Za-z0-9\\-._~!$&'()*+,;=]|${pct})*`;
const segments = `(?:/${pathCharacter}*)*`;

/** RFC 3986's `URI`, whose scheme begins `https`. The first group is an address in brackets. */
const uri = new RegExp(
  `^https[A-Za-z0-9+.\\-]*:` +
    `(?://(?:${userInfo})?(?:\\[([^\\]]*)\\]|${name})(?::[0-9]*)?${segments}` +
    `|/(?:${pathCharacter}+${segments})?|${pathCharacter}+${segments}|)` +
    `(?:\\?(?:${pathCharacter}|[/?])*)?(?:#(?:${pathCharacter}|[/?])*)?$`,
);

/** What follows a `v` in brackets: a version, and an address no one has yet defined. */
const futureAddress = /^v[0-9A-Fa-f]+\.[A-Za-z0-9\-._~!$&'()*+,;=:]+$/;

/** Far beyond any link; keeps the pattern from looking at megabytes. */
const longest = 100_000;

/** A link for the `List-Unsubscribe` header, kept as it came. */
export const HttpsUrl = v.pipe(
  v.string(notHttpsUrl),
  v.check(isHttpsUri, notHttpsUrl),
  v.metadata({
    description: "Where mail programs unsubscribe with one click: the email's `List-Unsubscribe` header.",
    format: "uri",
    pattern: "^https",
    examples: ["https://example.gov.uk/unsubscribe?id=1"],
  }),
);

function isHttpsUri(text: string): boolean {
  const found = text.length <= longest ? uri.exec(text) : null;
  if (!found) return false;
  const bracketed = found[1];
  return bracketed === undefined || futureAddress.test(bracketed) || isIPv6(bracketed);
}

function isIPv6(text: string): boolean {
  // Anything else that URL reads in brackets ends them first.
  return /^[0-9A-Fa-f:.]+$/.test(text) && URL.canParse(`https://[${text}]/`);
}

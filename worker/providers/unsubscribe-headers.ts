/** SES's most for a header's value is 995 characters, a line's in SMTP 998 with the header's name. */
const longestLink = 970;

/**
 * The headers by which mail programs unsubscribe in one click (RFC 8058). None for a link that no header can hold: an
 * email that cannot be left so is better than none.
 */
export function unsubscribeHeaders(link: string | null): Record<string, string> {
  if (link === null || link.length > longestLink) return {};
  return { "List-Unsubscribe": `<${link}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" };
}

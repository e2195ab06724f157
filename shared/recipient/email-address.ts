import { stripObscure } from "../text/whitespace.ts";

/** An address that passed notifications-utils `email_address.py`. */
export interface EmailAddress {
  /** As typed, without outer and invisible whitespace. */
  to: string;
  /** In lower case, with a Unicode host kept. */
  normalised: string;
}

/** The one message for everything that is wrong with an address. */
export const emailFaultMessage = "Not a valid email address";

const address = /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@([^.@][^@\s]+)$/;
// An `xn` is met again by the second half, whose hyphens it needs.
const hostLabel = /^[a-z0-9]+(?:--?[a-z0-9]+)*$/i;
const lastLabel = /^(?:[a-z]{2,63}|xn--(?:[a-z0-9]+-)*[a-z0-9]+)$/i;

/** Null when it is no email address. */
export function parseEmailAddress(raw: string): EmailAddress | null {
  const to = stripObscure(raw);
  const host = address.exec(to)?.[1];
  if (host === undefined || to.length > 640 || [...to].length > 320 || to.includes("..")) return null;
  const asciiHost = toAsciiHost(host);
  if (asciiHost === null || !isHost(asciiHost)) return null;
  return { to, normalised: to.toLowerCase() };
}

function isHost(host: string): boolean {
  const labels = host.split(".");
  if (host.length > 253 || labels.length < 2) return false;
  return (
    labels.every((label) => label.length <= 63 && hostLabel.test(label)) &&
    lastLabel.test(labels.at(-1) ?? "")
  );
}

/** The address as SMTP takes it: its host in ASCII. Expects one that passed `parseEmailAddress`. */
export function asciiEmail(emailAddress: string): string {
  const at = emailAddress.lastIndexOf("@") + 1;
  const host = emailAddress.slice(at);
  return emailAddress.slice(0, at) + (toAsciiHost(host) ?? host);
}

/** Label by label, as Python's IDNA codec. Null when the name has no ASCII form. */
function toAsciiHost(host: string): string | null {
  // ASCII is taken as it is, even an `xn--` label that decodes to nothing: so does the codec.
  if (isAscii(host)) return host;
  const labels = host
    .split(/[.\u3002\uff0e\uff61]/)
    .map((label) => (isAscii(label) ? label : toAsciiLabel(label)));
  return labels.includes(null) ? null : labels.join(".");
}

function toAsciiLabel(label: string): string | null {
  // URL reads names by UTS 46, which keeps these letters and joiners; IDNA 2003 did not.
  const folded = label
    .replace(/[ßẞ]/g, "ss")
    .replaceAll("ς", "σ")
    .replace(/[\u200c\u200d]/g, "");
  // URL would decode `%` and take `/`, `:` and the like for its own; no host may hold them anyway.
  if (!/^[a-z0-9-]*$/i.test(folded.replace(/[^\0-\x7f]/g, ""))) return null;
  // With another label behind it, for URL takes a name that ends in a number for an IPv4 address.
  const url = URL.parse(`http://${folded}.a`);
  return url === null ? null : url.hostname.slice(0, -2);
}

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}

import tr46 from "tr46";
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

/** Null when the name has no ASCII form. */
function toAsciiHost(host: string): string | null {
  // ASCII is taken as it is, even an `xn--` label that decodes to nothing: so does Python's IDNA codec.
  if (/^[\0-\x7f]*$/.test(host)) return host;
  return tr46.toASCII(host, { transitionalProcessing: true, verifyDNSLength: true });
}

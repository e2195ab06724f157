import { type AddressRange, blockedAs, isAddress, isAllowed } from "./address.ts";

/** What callbacks may reach; an installation's own. */
export interface EgressPolicy {
  /** `CALLBACK_ALLOWED_CIDRS`: called though they are not the public internet. */
  allowed: readonly AddressRange[];
  /** `http:` to anything that may be called, not to `allowed` alone: while developing. */
  allowsPlainHttp: boolean;
}

/** Every address of a host; rejects where it has none or they are not found in time. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export interface CallbackDestination {
  url: URL;
  /** A name without a dot at its end, or an address without brackets. */
  host: string;
  isAddress: boolean;
}

export type ReadCallbackUrl =
  | { ok: true; destination: CallbackDestination }
  /** What to change, in words that follow the field's name. */
  | { ok: false; fault: string };

const longestUrl = 2048;
/** Below lie the ports of mail, shells and directories, which answer HTTP with harm at worst and never with a 200. */
const firstFreePort = 1024;
const webPorts: readonly number[] = [80, 443];

/**
 * Reads where callbacks are to go. Everything is judged that needs no DNS: odd spellings of hosts and addresses
 * (decimal, octal, hex, full-width) have become plain by `URL`, the same that is dialled.
 */
export function readCallbackUrl(text: string, policy: EgressPolicy): ReadCallbackUrl {
  const refuse = (fault: string): ReadCallbackUrl => ({ ok: false, fault });
  if (text.length > longestUrl) return refuse(`must have at most ${longestUrl} characters`);
  // URL forgives these, each in a way that lets a text look like another.
  if (/[\u0000-\u0020\u007f\\]/.test(text)) {
    return refuse("must have no spaces, control characters or backslashes: write them %-encoded");
  }
  const url = /^https?:\/\/[^/?#]/i.test(text) ? URL.parse(text) : null;
  if (!url) return refuse("must be a whole URL that begins https://");
  if (url.username || url.password || /^[^/]*\/\/[^/?#]*@/.test(text)) {
    return refuse("must have no user name or password: the bearer token says who calls");
  }
  const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  if (port < firstFreePort && !webPorts.includes(port)) {
    return refuse(`must have port 443, 80, or one from ${firstFreePort} to 65535, not ${port}`);
  }
  const host = url.hostname.replace(/^\[|\]$|\.$/g, "");
  if (host === "" || host.split(".").includes("")) return refuse("must have a host without empty parts");

  const isLiteral = isAddress(host);
  // Their addresses are known without asking.
  const isLoopback = host === "localhost" || host.endsWith(".localhost");
  const known = isLiteral ? [host] : isLoopback ? ["127.0.0.1"] : null;
  const fault = known ? addressFault(known, url, policy) : plainHttpFault(url, policy);
  return fault === null ? { ok: true, destination: { url, host, isAddress: isLiteral } } : refuse(fault);
}

/**
 * What a URL would have to change to be one for callbacks, or null: for what saves it. Where the runtime can resolve
 * names, `checkCallbackHost` says more. Every attempt is checked again.
 */
export function checkCallbackUrl(text: string, policy: EgressPolicy): string | null {
  const read = readCallbackUrl(text, policy);
  return read.ok ? null : read.fault;
}

/** The same with the addresses that the URL's host has now. A host that is not found may yet be: nobody is refused for it. */
export async function checkCallbackHost(
  text: string,
  policy: EgressPolicy,
  resolve: Resolve,
): Promise<string | null> {
  const read = readCallbackUrl(text, policy);
  if (!read.ok) return read.fault;
  const { host, url, isAddress: isLiteral } = read.destination;
  if (isLiteral) return null;
  const addresses = await resolve(host).catch(() => null);
  return addresses && addressFault(addresses, url, policy);
}

/**
 * Why a URL with these addresses must not be called, or null. One blocked address condemns all: whoever names it means
 * no good or has made a mistake.
 */
export function addressFault(addresses: readonly string[], url: URL, policy: EgressPolicy): string | null {
  if (addresses.length === 0) return "must have a host with an address";
  for (const address of addresses) {
    const what = blockedAs(address, policy.allowed);
    if (what !== null) {
      // Not the address of a name: services are told this, and would have our DNS answer them.
      return `must not lead to ${url.hostname}, ${what}; an operator can allow it in CALLBACK_ALLOWED_CIDRS`;
    }
  }
  const isPlain = url.protocol === "http:" && !policy.allowsPlainHttp;
  return isPlain && !addresses.every((address) => isAllowed(address, policy.allowed)) ? mustBeHttps : null;
}

const mustBeHttps = "must begin https://: http:// is for addresses in CALLBACK_ALLOWED_CIDRS alone";

/** A name may yet turn out to be allowed, but not where nothing is. */
function plainHttpFault(url: URL, { allowed, allowsPlainHttp }: EgressPolicy): string | null {
  return url.protocol === "http:" && !allowsPlainHttp && allowed.length === 0 ? mustBeHttps : null;
}

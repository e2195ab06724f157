import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;
/** Addresses that begin with the same bits. */
export interface AddressRange {
  base: Address;
  bits: number;
}

/**
 * What must not be called, by the IANA registries of special addresses: what is not the public internet, and what wraps
 * another address, which a gateway on the way might unwrap.
 */
const blocked: readonly (readonly [range: AddressRange, what: string])[] = [
  ["0.0.0.0/8", "an address of this host"],
  ["10.0.0.0/8", "a private address"],
  ["100.64.0.0/10", "an address of a carrier's network"],
  ["127.0.0.0/8", "a loopback address"],
  ["169.254.0.0/16", "a link-local address"],
  ["172.16.0.0/12", "a private address"],
  ["192.0.0.0/24", "an address for protocols"],
  ["192.0.2.0/24", "an address for documentation"],
  ["192.88.99.0/24", "a 6to4 relay's address"],
  ["192.168.0.0/16", "a private address"],
  ["198.18.0.0/15", "an address for benchmarks"],
  ["198.51.100.0/24", "an address for documentation"],
  ["203.0.113.0/24", "an address for documentation"],
  ["224.0.0.0/4", "a multicast address"],
  ["240.0.0.0/4", "a reserved address"],
  ["::/128", "an address of this host"],
  ["::1/128", "a loopback address"],
  ["64:ff9b::/96", "a NAT64 address"],
  ["fc00::/7", "a private address"],
  ["fe80::/10", "a link-local address"],
  ["ff00::/8", "a multicast address"],
  ["2001::/32", "a Teredo address"],
  ["2001::/23", "an address for protocols"],
  ["2001:db8::/32", "an address for documentation"],
  ["2002::/16", "a 6to4 address"],
  ["3fff::/20", "an address for documentation"],
].map(([range = "", what = ""]) => [rangeOf(range), what] as const);

/** All that is given out of IPv6 for use on the internet. */
const internet6 = rangeOf("2000::/3");
const nat64 = rangeOf("64:ff9b::/96");

function rangeOf(text: string): AddressRange {
  const [base, bits] = ipaddr.parseCIDR(text);
  return { base, bits };
}

/** A range such as `10.1.0.0/16`, or one address; null where the text is neither. */
export function parseRange(text: string): AddressRange | null {
  const [base = "", bits, ...rest] = text.split("/");
  const address = parseAddress(base);
  if (!address || rest.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return null;
  // An IPv4-mapped range would match nothing: what it means is written as IPv4.
  if (base.includes(":") && address.kind() === "ipv4") return null;
  const most = address.kind() === "ipv4" ? 32 : 128;
  const length = bits === undefined ? most : Number(bits);
  return length <= most ? { base: address, bits: length } : null;
}

/** Why an address must not be called, or null: in words that follow "is". What is no address must not be. */
export function blockedAs(text: string, allowed: readonly AddressRange[]): string | null {
  const address = parseAddress(text);
  if (!address) return "no IP address";
  if (isIn(allowed, address)) {
    // A gateway that is allowed leads to all of IPv4; where it leads is judged like any other.
    return isWithin(address, nat64) ? blockedAs(embeddedIn(address), allowed) : null;
  }
  const found = blocked.find(([range]) => isWithin(address, range));
  if (found) return found[1];
  return address.kind() === "ipv4" || isWithin(address, internet6) ? null : "a reserved address";
}

/** Whether the allow-list names an address. */
export function isAllowed(text: string, allowed: readonly AddressRange[]): boolean {
  const address = parseAddress(text);
  return address !== null && isIn(allowed, address);
}

export function isAddress(text: string): boolean {
  return parseAddress(text) !== null;
}

/** Four decimal numbers or IPv6, an IPv4-mapped one as the IPv4 address that it is dialled as. */
function parseAddress(text: string): Address | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  // In hexadecimal alone: the library takes `::10.0.0.1` for `::ffff:10.0.0.1`, which is another address.
  const isShaped = text.includes(":") && /^[\da-f:.]+$/i.test(text);
  const host = isShaped ? URL.parse(`http://[${text}]`)?.hostname.slice(1, -1) : undefined;
  return host === undefined ? null : ipaddr.process(host);
}

function isIn(ranges: readonly AddressRange[], address: Address): boolean {
  return ranges.some((range) => isWithin(address, range));
}

function isWithin(address: Address, { base, bits }: AddressRange): boolean {
  return address.kind() === base.kind() && address.match([base, bits]);
}

function embeddedIn(address: Address): string {
  return address.toByteArray().slice(-4).join(".");
}

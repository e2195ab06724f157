import { describe, expect, test } from "bun:test";
import { type AddressRange, blockedAs, isAllowed, parseRange } from "../../../shared/egress/address.ts";

/** The allow-list that `CALLBACK_ALLOWED_CIDRS` would make of the text. */
function rangesOf(text: string): AddressRange[] {
  return text.split(",").map((each) => {
    const range = parseRange(each);
    if (!range) throw new Error(`No range: ${each}`);
    return range;
  });
}

describe("an address is blocked", () => {
  test.each([
    ["0.0.0.0", "an address of this host"],
    ["0.255.255.255", "an address of this host"],
    ["10.0.0.0", "a private address"],
    ["10.255.255.255", "a private address"],
    ["100.64.0.0", "an address of a carrier's network"],
    ["100.127.255.255", "an address of a carrier's network"],
    ["127.0.0.1", "a loopback address"],
    ["127.255.255.255", "a loopback address"],
    ["169.254.0.0", "a link-local address"],
    ["169.254.169.254", "a link-local address"],
    ["172.16.0.0", "a private address"],
    ["172.31.255.255", "a private address"],
    ["192.0.0.8", "an address for protocols"],
    ["192.0.2.1", "an address for documentation"],
    ["192.88.99.1", "a 6to4 relay's address"],
    ["192.168.0.0", "a private address"],
    ["192.168.255.255", "a private address"],
    ["198.18.0.0", "an address for benchmarks"],
    ["198.19.255.255", "an address for benchmarks"],
    ["198.51.100.7", "an address for documentation"],
    ["203.0.113.255", "an address for documentation"],
    ["224.0.0.1", "a multicast address"],
    ["239.255.255.255", "a multicast address"],
    ["240.0.0.0", "a reserved address"],
    ["255.255.255.255", "a reserved address"],
    ["::", "an address of this host"],
    ["::1", "a loopback address"],
    ["::2", "a reserved address"],
    ["::7f00:1", "a reserved address"],
    ["::127.0.0.1", "a reserved address"],
    ["::ffff:127.0.0.1", "a loopback address"],
    ["::ffff:a00:1", "a private address"],
    ["0:0:0:0:0:ffff:c0a8:0001", "a private address"],
    ["::ffff:0:127.0.0.1", "a reserved address"],
    ["64:ff9b::7f00:1", "a NAT64 address"],
    ["64:ff9b::808:808", "a NAT64 address"],
    ["64:ff9b:1::1", "a reserved address"],
    ["100::1", "a reserved address"],
    ["2001::1", "a Teredo address"],
    ["2001:0:53aa:64c:0:0:f5ff:fffe", "a Teredo address"],
    ["2001:2::1", "an address for protocols"],
    ["2001:20::1", "an address for protocols"],
    ["2001:db8::1", "an address for documentation"],
    ["2001:db8:ffff::", "an address for documentation"],
    ["2002:7f00:1::", "a 6to4 address"],
    ["2002:808:808::1", "a 6to4 address"],
    ["3fff::1", "an address for documentation"],
    ["4000::1", "a reserved address"],
    ["5f00::1", "a reserved address"],
    ["fc00::1", "a private address"],
    ["fdff:ffff::1", "a private address"],
    ["fe80::1", "a link-local address"],
    ["fe80::1%eth0", "no IP address"],
    ["febf::1", "a link-local address"],
    ["fec0::1", "a reserved address"],
    ["ff02::1", "a multicast address"],
  ])("%s, %s", (address, what) => {
    expect(blockedAs(address, [])).toBe(what);
  });

  test.each([
    "",
    "localhost",
    "127.1",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "2130706433",
    "1.2.3.4.5",
    "1.2.3.256",
    "[::1]",
    "::1]:80/[",
    ":",
    "g::1",
  ])("that is none: %p", (text) => {
    expect(blockedAs(text, [])).toBe("no IP address");
    expect(isAllowed(text, rangesOf("0.0.0.0/0,::/0"))).toBe(false);
  });
});

test.each([
  "1.1.1.1",
  "8.8.8.8",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "126.255.255.255",
  "128.0.0.0",
  "169.253.255.255",
  "169.255.0.0",
  "172.15.255.255",
  "172.32.0.0",
  "192.0.1.0",
  "192.167.255.255",
  "192.169.0.0",
  "198.17.255.255",
  "198.20.0.0",
  "223.255.255.255",
  "::ffff:8.8.8.8",
  "2001:200::1",
  "2001:4860:4860::8888",
  "2003::1",
  "2606:4700:4700::1111",
  "2a00:1450::1",
])("%s is of the public internet", (address) => {
  expect(blockedAs(address, [])).toBeNull();
});

describe("an allow-list", () => {
  test.each<[ranges: string, admitted: string[], refused: string[]]>([
    ["10.1.2.3", ["10.1.2.3", "::ffff:10.1.2.3"], ["10.1.2.2", "10.1.2.4", "2002:a01:203::", "::10.1.2.3"]],
    ["10.1.0.0/16", ["10.1.0.0", "10.1.255.255"], ["10.0.255.255", "10.2.0.0", "127.0.0.1"]],
    ["10.1.0.9/16", ["10.1.0.0", "10.1.255.255"], ["10.2.0.0"]],
    ["0.0.0.0/0", ["127.0.0.1", "255.255.255.255"], ["::1", "fd00::1"]],
    ["fd00:1::/32", ["fd00:1::9", "fd00:1:ffff::"], ["fd00:2::", "127.0.0.1", "::1"]],
    ["::1", ["::1"], ["::", "::2", "127.0.0.1"]],
    ["10.0.0.0/8,::1/128", ["10.9.9.9", "::1"], ["192.168.0.1"]],
    // NAT64's own addresses lead to the IPv4 ones that they hold.
    ["64:ff9b::/96", ["64:ff9b::808:808"], ["64:ff9b::7f00:1", "64:ff9b::a00:1", "127.0.0.1"]],
    ["64:ff9b::/96,10.0.0.0/8", ["64:ff9b::a00:1"], ["64:ff9b::7f00:1"]],
  ])("of %s admits just what it names", (text, admitted, refused) => {
    const ranges = rangesOf(text);

    for (const address of admitted) expect([address, blockedAs(address, ranges)]).toEqual([address, null]);
    for (const address of refused) expect([address, blockedAs(address, ranges)]).not.toEqual([address, null]);
  });

  test.each([
    "",
    " ",
    "10",
    "10.0/8",
    "10.0.0.0/",
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "10.0.0.0/8/8",
    "10.0.0.0/8 ",
    "010.0.0.0/8",
    "::/129",
    "::ffff:10.0.0.0/104",
    "example.com",
    "10.0.0.0/1e1",
  ])("has no place for %p", (text) => {
    expect(parseRange(text)).toBeNull();
  });
});

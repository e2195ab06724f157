import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { postCallback } from "../../../worker/callbacks/post.ts";
import { type DnsServer, startDnsServer } from "../../support/dns-server.ts";
import { never, openRawProvider } from "../providers/provider-server.ts";
import { type CountingListener, countConnections, egressOf, trustingEgressOf } from "./egress-setup.ts";

const request = { headers: { Authorization: "Bearer secret" }, body: "{}", timeoutMs: 2000 };
const now = () => new Date();

/** What names have for addresses, in a zone of the tests' own. */
const zone = new Map<string, string[]>([
  ["loopback.test", ["127.0.0.1"]],
  ["loopback6.test", ["::1"]],
  ["other-loopback.test", ["127.8.8.8"]],
  ["zero.test", ["0.0.0.0"]],
  ["zero6.test", ["::"]],
  ["metadata.test", ["169.254.169.254"]],
  ["metadata6.test", ["fd00:ec2::254"]],
  ["private10.test", ["10.0.0.1"]],
  ["private172.test", ["172.16.0.1"]],
  ["private192.test", ["192.168.1.1"]],
  ["carrier.test", ["100.64.0.1"]],
  ["benchmark.test", ["198.18.0.1"]],
  ["multicast.test", ["224.0.0.1"]],
  ["broadcast.test", ["255.255.255.255"]],
  ["mapped.test", ["::ffff:127.0.0.1"]],
  ["compatible.test", ["::127.0.0.1"]],
  ["translated.test", ["::ffff:0:127.0.0.1"]],
  ["nat64.test", ["64:ff9b::7f00:1"]],
  ["6to4.test", ["2002:7f00:1::1"]],
  ["teredo.test", ["2001:0:7f00:1::1"]],
  ["link-local6.test", ["fe80::1"]],
  ["documentation6.test", ["2001:db8::1"]],
  // One good address does not make up for a bad one, in whichever order they come.
  ["partly.test", ["8.8.8.8", "127.0.0.1"]],
  ["partly-first.test", ["127.0.0.1", "8.8.8.8"]],
  ["partly6.test", ["8.8.8.8", "::1"]],
  ["partly-mapped.test", ["8.8.8.8", "::ffff:10.0.0.1"]],
]);

let dns: DnsServer;
let listener: CountingListener;
let listener6: CountingListener;

beforeAll(async () => {
  dns = await startDnsServer((name) => zone.get(name) ?? []);
  listener = countConnections("127.0.0.1");
  listener6 = countConnections("::1", listener.port);
});

afterAll(async () => {
  listener[Symbol.dispose]();
  listener6[Symbol.dispose]();
  await dns[Symbol.asyncDispose]();
});

/** Hosts of URLs, as somebody would write them who wants to be let in. */
const literals = [
  "127.0.0.1",
  "127.0.0.1.",
  "127.1",
  "127.0.1",
  "127.255.255.254",
  "2130706433",
  "017700000001",
  "0x7f000001",
  "0x7f.0.0.1",
  "0x7F.1",
  "0177.0.0.1",
  "0177.0x0.0.1",
  "00000177.0.0.1",
  "127.0.0.0x1",
  "0x7f000001.",
  "①②⑦.⓪.⓪.①",
  "127。0。0。1",
  "127.0.0.1",
  "%31%32%37.0.0.1",
  "127%2e0%2e0%2e1",
  "0",
  "0.0.0.0",
  "0x0",
  "localhost",
  "LocalHost",
  "localhost.",
  "ⓛocalhost",
  "anything.localhost",
  "[::1]",
  "[0:0:0:0:0:0:0:1]",
  "[0000::0001]",
  "[::]",
  "[::ffff:127.0.0.1]",
  "[::ffff:7f00:1]",
  "[0:0:0:0:0:ffff:127.0.0.1]",
  "[::127.0.0.1]",
  "[::ffff:0:127.0.0.1]",
  "[64:ff9b::127.0.0.1]",
  "[64:ff9b:1::127.0.0.1]",
  "[2002:7f00:1::]",
  "[2001:0:7f00:1::]",
  "10.0.0.1",
  "10.255.255.255",
  "012.0.0.1",
  "167772161",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.0.1",
  "192.168.1",
  "3232235777",
  "100.64.0.1",
  "169.254.169.254",
  "169.254.43518",
  "0xa9fea9fe",
  "2852039166",
  "[::ffff:169.254.169.254]",
  "[fd00:ec2::254]",
  "192.0.0.192",
  "192.0.2.1",
  "192.88.99.1",
  "198.18.0.1",
  "198.51.100.1",
  "203.0.113.1",
  "224.0.0.1",
  "239.255.255.250",
  "240.0.0.1",
  "255.255.255.255",
  "[fe80::1]",
  "[fec0::1]",
  "[fc00::1]",
  "[ff02::1]",
  "[100::1]",
  "[2001:db8::1]",
];

describe("is refused before a byte is sent", () => {
  const targets = [...literals, ...zone.keys()].flatMap((host) => [`https://${host}`, `http://${host}`]);
  test.each(targets)("%s", async (target) => {
    const egress = egressOf({ dns: dns.address });
    const before = listener.connections() + listener6.connections();

    const url = `${target}:${listener.port}/told`;
    const result = await postCallback({ ...request, url }, { egress, now }, never);

    expect(result).toMatchObject({
      outcome: "failed",
      status: null,
      error: "blocked-address",
      address: null,
    });
    expect(listener.connections() + listener6.connections()).toBe(before);
  });

  test.each([
    "ftp://8.8.8.8/",
    "file:///etc/passwd",
    "unix:///var/run/docker.sock",
    "data:,hello",
    "blob:https://8.8.8.8/1",
    "https://user:secret@8.8.8.8/",
    "https://8.8.8.8:22/",
    "https://8.8.8.8:25/",
    "https:\\\\8.8.8.8/",
    "https://8.8.8.8\\@127.0.0.1/",
    "not a url",
    "",
  ])("%p", async (url) => {
    const result = await postCallback({ ...request, url }, { egress: egressOf(), now }, never);

    expect(result).toMatchObject({ outcome: "failed", error: "blocked-address", address: null });
    expect(JSON.stringify(result)).not.toContain("secret");
  });

  test("plain http to the internet, in production", async () => {
    const egress = egressOf({ production: true });

    const result = await postCallback({ ...request, url: "http://8.8.8.8/" }, { egress, now }, never);

    expect(result).toMatchObject({ error: "blocked-address", address: null });
    expect(result.reason).toContain("must begin https://");
  });
});

describe("a redirect is followed nowhere", () => {
  const places = literals.filter((host) => host.endsWith("1") || host.startsWith("l")).slice(0, 12);
  test.each([301, 302, 303, 307, 308].flatMap((status) => places.map((host) => [status, host] as const)))(
    "%i to %s",
    async (status, host) => {
      const before = listener.connections();
      using server = openRawProvider((socket) => {
        const location = `http://${host}:${listener.port}/stolen`;
        socket.end(
          `HTTP/1.1 ${status} Go\r\nLocation: ${location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
        );
      });

      const egress = egressOf({ allowed: "127.0.0.1" });
      const result = await postCallback({ ...request, url: server.url }, { egress, now }, never);

      expect(result).toMatchObject({ outcome: "refused", status });
      expect(listener.connections()).toBe(before);
    },
  );
});

describe("an allow-list", () => {
  test.each<[allowed: string, host: string, address: string | null]>([
    ["127.0.0.1", "127.0.0.1", "127.0.0.1"],
    ["127.0.0.1", "0x7f.1", "127.0.0.1"],
    ["127.0.0.1", "loopback.test", "127.0.0.1"],
    ["127.0.0.1", "[::ffff:127.0.0.1]", "::ffff:7f00:1"],
    ["127.0.0.0/8", "127.0.0.1", "127.0.0.1"],
    ["::1", "[::1]", "::1"],
    ["::1", "loopback6.test", "::1"],
    ["::1", "127.0.0.1", null],
    ["::1", "loopback.test", null],
    ["127.0.0.1", "[::1]", null],
    ["127.0.0.1", "loopback6.test", null],
    ["127.0.0.1", "127.0.0.2", null],
    ["127.0.0.1", "other-loopback.test", null],
    ["127.0.0.1", "[::127.0.0.1]", null],
    ["127.0.0.1", "[64:ff9b::127.0.0.1]", null],
    ["127.0.0.1", "partly6.test", null],
    ["10.0.0.0/8", "127.0.0.1", null],
    ["10.0.0.0/8", "169.254.169.254", null],
  ])("of %s lets %s reach %p", async (allowed, host, address) => {
    const egress = egressOf({ allowed, dns: dns.address });
    const before = listener.connections() + listener6.connections();

    const url = `http://${host}:${listener.port}/`;
    const result = await postCallback({ ...request, url }, { egress, now }, never);

    const reached = listener.connections() + listener6.connections() - before;
    expect(reached).toBe(address === null ? 0 : 1);
    const expected = address === null ? { error: "blocked-address" } : { outcome: "delivered", status: 200 };
    expect(result).toMatchObject({ ...expected, address });
  });
});

describe("a name that changes", () => {
  test("between check and dial is dialled where it was checked, and asked for once", async () => {
    await using rebinding = await startDnsServer((_name, times) => (times === 0 ? ["127.0.0.1"] : ["::1"]));
    using checked = countConnections("127.0.0.1");
    using rebound = countConnections("::1", checked.port);
    const egress = egressOf({ allowed: "127.0.0.1", dns: rebinding.address });

    // The A record is the first answer; the AAAA record of the same moment does not exist.
    const url = `http://rebinding.test:${checked.port}/`;
    const result = await postCallback({ ...request, url }, { egress, now }, never);

    expect(result).toMatchObject({ outcome: "delivered", address: "127.0.0.1" });
    expect(rebinding.asked.toSorted()).toEqual(["A rebinding.test", "AAAA rebinding.test"]);
    expect([checked.connections(), rebound.connections()]).toEqual([1, 0]);
  });

  test("after it was let through is judged anew", async () => {
    let addresses = ["127.0.0.1"];
    await using rebinding = await startDnsServer(() => addresses);
    using checked = countConnections("127.0.0.1");
    using rebound = countConnections("::1", checked.port);
    const call = async () => {
      // Another worker, or this one when what it remembers has grown old.
      const egress = egressOf({ allowed: "127.0.0.1", dns: rebinding.address });
      const url = `http://rebinding.test:${checked.port}/`;
      return await postCallback({ ...request, url }, { egress, now }, never);
    };
    await call();

    addresses = ["::1"];
    const result = await call();

    expect(result).toMatchObject({ outcome: "failed", error: "blocked-address", address: null });
    expect([checked.connections(), rebound.connections()]).toEqual([1, 0]);
  });
});

test("a DNS server that says nothing uses up the deadline and no more", async () => {
  await using silent = await startDnsServer(() => null);
  const egress = trustingEgressOf({ dns: silent.address });
  const startedAt = performance.now();

  const url = "https://receiver.test/";
  const result = await postCallback({ ...request, url, timeoutMs: 200 }, { egress, now }, never);

  expect(result).toMatchObject({ outcome: "failed", error: "timeout", reason: "No answer in 200 ms" });
  // Less than resolvers wait by themselves.
  expect(performance.now() - startedAt).toBeLessThan(4500);
});

test("a name that is not known failed for now, and the reason does not repeat it", async () => {
  const egress = egressOf({ dns: dns.address });

  const url = "https://nobody.test/?key=secret";
  const result = await postCallback({ ...request, url }, { egress, now }, never);

  expect(result).toMatchObject({ outcome: "failed", status: null, error: "dns", address: null });
  expect(result.reason).not.toMatch(/nobody|secret/);
});

test("where the first address refuses connections, the next is dialled", async () => {
  using listening = countConnections("::1");
  zone.set("two.test", ["127.0.0.1", "::1"]);
  const egress = egressOf({ allowed: "127.0.0.1,::1", dns: dns.address });

  const url = `http://two.test:${listening.port}/`;
  const result = await postCallback({ ...request, url }, { egress, now }, never);

  expect(result).toMatchObject({ outcome: "delivered", address: "::1" });
});

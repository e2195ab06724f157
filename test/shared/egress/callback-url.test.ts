import { describe, expect, test } from "bun:test";
import { parseRange } from "../../../shared/egress/address.ts";
import {
  checkCallbackHost,
  checkCallbackUrl,
  type EgressPolicy,
  readCallbackUrl,
} from "../../../shared/egress/callback-url.ts";

function policyOf(ranges: string, allowsPlainHttp = false): EgressPolicy {
  return { allowed: ranges.split(",").flatMap((each) => parseRange(each) ?? []), allowsPlainHttp };
}

const strict = policyOf("");
const internal = policyOf("10.0.0.0/8,127.0.0.1");

describe("a URL for callbacks", () => {
  test.each([
    "https://receiver.example",
    "https://receiver.example/path?query=1#part",
    "HTTPS://Receiver.Example/",
    "https://some_service/path",
    "https://receiver.example.",
    "https://receiver.example:80/",
    "https://receiver.example:443/",
    "https://receiver.example:1024/",
    "https://receiver.example:65535/",
    "https://bücher.example/straße",
    "https://8.8.8.8/",
    "https://[2606:4700:4700::1111]:8443/",
    "https://receiver.example/@path",
    `https://receiver.example/${"a".repeat(2048 - 25)}`,
  ])("may be %s", (url) => {
    expect(checkCallbackUrl(url, strict)).toBeNull();
  });

  const whole = "must be a whole URL that begins https://";
  const plain = "must have no spaces, control characters or backslashes: write them %-encoded";
  const nobody = "must have no user name or password: the bearer token says who calls";
  const httpsOnly = "must begin https://: http:// is for addresses in CALLBACK_ALLOWED_CIDRS alone";
  const loopback = (url: string) =>
    `must not lead to ${url}, a loopback address; an operator can allow it in CALLBACK_ALLOWED_CIDRS`;
  test.each([
    ["", whole],
    ["not-a-url", whole],
    ["not a url", plain],
    ["https not a url", plain],
    ["https:", whole],
    ["https://", whole],
    ["https:receiver.example", whole],
    ["https:/receiver.example", whole],
    ["https:///receiver.example", whole],
    ["//receiver.example", whole],
    ["httpsx://receiver.example", whole],
    ["https+unix://receiver.example", whole],
    ["ftp://receiver.example", whole],
    ["file:///etc/passwd", whole],
    ["javascript:alert(1)", whole],
    ["https://[::1", whole],
    ["https://[fe80::1%25eth0]/", whole],
    ["https://256.0.0.1/", whole],
    ["https://1.2.3.4.5/", whole],
    ["https://receiver.example:99999/", whole],
    ["https://a%00b.example/", whole],
    [" https://receiver.example", plain],
    ["https://receiver.example\n", plain],
    ["https://receiver.ex\tample", plain],
    ["https://receiver.example\\@evil.example", plain],
    ["https:\\\\receiver.example", plain],
    ["https://receiver.example/\u0000", plain],
    ["https://user@receiver.example", nobody],
    ["https://user:secret@receiver.example", nobody],
    ["https://:secret@receiver.example", nobody],
    ["https://@receiver.example", nobody],
    ["https://receiver.example:0/", "must have port 443, 80, or one from 1024 to 65535, not 0"],
    ["https://receiver.example:22/", "must have port 443, 80, or one from 1024 to 65535, not 22"],
    ["https://receiver.example:1023/", "must have port 443, 80, or one from 1024 to 65535, not 1023"],
    ["https://./", "must have a host without empty parts"],
    ["https://a..b/", "must have a host without empty parts"],
    ["https://receiver.example../", "must have a host without empty parts"],
    [`https://receiver.example/${"a".repeat(2048)}`, "must have at most 2048 characters"],
    ["http://receiver.example", httpsOnly],
    ["http://8.8.8.8", httpsOnly],
    ["https://127.0.0.1", loopback("127.0.0.1")],
    ["https://localhost", loopback("localhost")],
    ["https://LOCALHOST./", loopback("localhost.")],
    ["https://a.localhost:8080", loopback("a.localhost")],
  ])("is not %p", (url, fault) => {
    expect(checkCallbackUrl(url, strict)).toBe(fault);
  });

  test.each([
    ["http://10.1.2.3/", null],
    ["http://127.0.0.1:8080/", null],
    ["http://localhost:8080/", null],
    // Its address may be one of them: that is seen when it is dialled.
    ["http://receiver.internal/", null],
    ["http://8.8.8.8/", "http:// is for addresses in CALLBACK_ALLOWED_CIDRS alone"],
    ["http://192.168.0.1/", "a private address"],
  ])("of plain http is for what the allow-list names: %s", (url, fault) => {
    const found = checkCallbackUrl(url, internal);
    if (fault === null) expect(found).toBeNull();
    else expect(found).toContain(fault);
  });

  test("may be of plain http while developing, but not lead inside", () => {
    const developing = policyOf("", true);

    expect(checkCallbackUrl("http://receiver.example", developing)).toBeNull();
    expect(checkCallbackUrl("http://127.0.0.1", developing)).toContain("a loopback address");
  });

  test("names its host without brackets, and without a dot at the end", () => {
    const hostOf = (url: string) => {
      const read = readCallbackUrl(url, strict);
      return read.ok ? read.destination.host : read.fault;
    };

    expect(hostOf("https://Receiver.example.:8443")).toBe("receiver.example");
    expect(hostOf("https://[2606:4700:4700::1111]")).toBe("2606:4700:4700::1111");
    expect(hostOf("https://0x08080808")).toBe("8.8.8.8");
  });

  test("says nothing of its own secrets", () => {
    expect(checkCallbackUrl("https://user:hidden@receiver.example", strict)).not.toContain("hidden");
    expect(checkCallbackUrl("https://127.0.0.1/?key=hidden", strict)).not.toContain("hidden");
  });
});

describe("where names can be resolved", () => {
  test.each([
    [["8.8.8.8"], null],
    [["8.8.8.8", "2606:4700:4700::1111"], null],
    [["10.0.0.1"], "must not lead to receiver.example, a private address"],
    [["8.8.8.8", "10.0.0.1"], "must not lead to receiver.example, a private address"],
    [["8.8.8.8", "::1"], "must not lead to receiver.example, a loopback address"],
    [[], "must have a host with an address"],
  ])("addresses %p are judged before a URL is saved", async (addresses, fault) => {
    const found = await checkCallbackHost("https://receiver.example", strict, async () => addresses);

    if (fault === null) expect(found).toBeNull();
    else expect(found).toContain(fault);
  });

  test("a name that is not found is left to the time of sending", async () => {
    const found = await checkCallbackHost("https://nobody.example", strict, () =>
      Promise.reject(new Error()),
    );

    expect(found).toBeNull();
  });

  test("plain http needs every address in the allow-list", async () => {
    const check = (addresses: string[]) =>
      checkCallbackHost("http://receiver.example", internal, async () => addresses);

    expect(await check(["10.0.0.1"])).toBeNull();
    expect(await check(["10.0.0.1", "8.8.8.8"])).toContain("http:// is for addresses");
  });
});

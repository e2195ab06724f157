import { describe, expect, test } from "bun:test";
import PostalMime from "postal-mime";
import { formatAddress } from "../../../worker/providers/display-name.ts";

const address = "service@notify.test";

/** As a mailbox shows it. */
async function shown(header: string) {
  const { from } = await PostalMime.parse(`From: ${header}\r\n\r\n`);
  return from;
}

describe("formatAddress", () => {
  const plain: [name: string, header: string][] = [
    ["Town Hall", `"Town Hall" <${address}>`],
    ["Fish, Chips & Co.", `"Fish, Chips & Co." <${address}>`],
    ['The "Hall"', `"The \\"Hall\\"" <${address}>`],
    ["Back\\slash", `"Back\\\\slash" <${address}>`],
    ["Hall\r\nBcc: all@example.com", `"Hall Bcc: all@example.com" <${address}>`],
    ["Tab\tbed\u0000", `"Tab bed" <${address}>`],
    ["", address],
    [" \n ", address],
    ["=?UTF-8?B?eA==?=", `"=?UTF-8?B?eA==?=" <${address}>`],
  ];

  test.each(plain)("quotes %j", (name, header) => {
    expect(formatAddress({ name, address })).toBe(header);
  });

  const encoded: string[] = [
    "Cyngor Sir Gâr",
    "“Sêr”",
    "Ŵŷ".repeat(40),
    "👩‍👩‍👧‍👦 Teulu",
    "🙂".repeat(30),
    "日本語の名前",
    'Pâr "Sêr" <x@example.com>, \\',
    `${"Department for ".repeat(6)}Tŷ`,
  ];

  test.each(encoded)("encodes %j so that it is shown whole", async (name) => {
    const header = formatAddress({ name, address });

    expect(header).toMatch(/^[ -~]+$/);
    expect(await shown(header)).toEqual({ name, address });
    for (const word of header.split(" ").slice(0, -1)) {
      expect(word).toMatch(/^=\?UTF-8\?B\?[A-Za-z0-9+/]+=*\?=$/);
      expect(word.length).toBeLessThanOrEqual(75);
      // Each word by itself is whole characters.
      const bytes = Buffer.from(word.slice("=?UTF-8?B?".length, -2), "base64");
      expect(new TextDecoder("utf-8", { fatal: true }).decode(bytes).isWellFormed()).toBe(true);
    }
  });

  test.each([
    ["of ASCII", "Department for ".repeat(40)],
    ["of quotes", '"'.repeat(400)],
    ["of two bytes a letter", "ŵ".repeat(255)],
    ["of four bytes a letter", "🙂".repeat(255)],
    ["with one such letter at its end", `${"x".repeat(300)}ŵ`],
  ])("cuts a name %s where it would be too long", async (_, name) => {
    const header = formatAddress({ name, address });

    expect(header.length).toBeLessThanOrEqual(320);
    expect(header.length).toBeGreaterThan(240);
    const mail = await shown(header);
    expect(mail?.address).toBe(address);
    expect(mail?.name.length).toBeGreaterThan(50);
    expect(name.startsWith(mail?.name ?? "-")).toBe(true);
  });

  test("leaves a name out that an address leaves no room for", () => {
    const long = `${"x".repeat(60)}@${"example.".repeat(31)}com`;
    expect(formatAddress({ name: "Tŷ", address: long })).toBe(long);
  });

  test("mends half a character", () => {
    expect(formatAddress({ name: "Tŷ\ud83d", address })).toStartWith("=?UTF-8?B?");
  });
});

import { describe, expect, test } from "bun:test";
import { createCipher, type EncryptionKey } from "../../../shared/encryption.ts";
import { createSigner } from "../../../shared/signing.ts";
import {
  createUnsubscribeToken,
  createUnsubscribeUrl,
  readUnsubscribeToken,
} from "../../../shared/unsubscribe/token.ts";

const keys = {
  old: { id: "old-1_", bytes: new Uint8Array(32).fill(1) },
  new: { id: "new", bytes: new Uint8Array(32).fill(2) },
};
const cipher = await createCipher([keys.old]);
const signer = await createSigner([keys.old]);
const id = "740e5834-3a29-46b4-9a6f-16142fde533a";
const to = "Zoë.O'Neil+news@Example.com";
const made = new Date("2026-08-01T09:30:00.999Z");
const later = (seconds: number) => new Date(Date.UTC(2026, 7, 1, 9, 30, seconds));
const year = 365 * 24 * 60 * 60;

/** What is read with these keys. */
async function read(token: string, { at = made, of = id, by = [keys.old] as EncryptionKey[] } = {}) {
  const ring = { cipher: await createCipher(by), signer: () => createSigner(by) };
  return await readUnsubscribeToken(ring, of, token, at);
}

/** As links were made until they held whose they are. */
async function earlierToken(): Promise<string> {
  const madeAt = Math.floor(made.getTime() / 1000).toString(36);
  return `${madeAt}.${await signer.sign(`${id} ${madeAt}`, "unsubscribe")}`;
}

describe.each([
  ["a token to unsubscribe", () => createUnsubscribeToken(cipher, { id, to }, made), to],
  ["one made before tokens held the address", earlierToken, null],
] as const)("%s", (_, create, emailAddress) => {
  const link = { notificationId: id, emailAddress };

  test.each([
    ["at once", 0, true],
    ["after months", year / 2, true],
    ["on the last second of a year", year, true],
    ["a second later", year + 1, false],
    ["on a clock that is slow", -60, true],
  ])("works %s: %p seconds, %p", async (_, seconds, works) => {
    expect(await read(await create(), { at: later(seconds) })).toEqual(works ? link : null);
  });

  test("works for its notification alone, made with a key that is still known", async () => {
    const token = await create();

    expect(await read(token, { of: id.replace("7", "8") })).toBeNull();
    expect(await read(token, { by: [keys.new, keys.old] })).toEqual(link);
    expect(await read(token, { by: [keys.new] })).toBeNull();
  });

  test("is not one that was made for another purpose, or changed", async () => {
    const token = await create();
    const [at = "", ...parts] = token.split(".");
    const rest = parts.join(".");
    const newer = (Number.parseInt(at, 36) + 1).toString(36);
    const sealed = await cipher.encrypt(to, `personalisation:${id}`);

    for (const wrong of [
      `${at}.${await signer.sign(`${id} ${at}`, "document")}`,
      `${at}.${sealed.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`,
      `${newer}.${rest}`,
      `${at}.${rest.slice(0, -2)}`,
      `${at}.${rest}.`,
      `${at}.${rest}.more`,
      `${at}.`,
      `${at}..`,
      `${at}.${keys.old.id}.`,
      `${at}.${keys.old.id}.AAAA`,
      `${at}.${keys.old.id}.é`,
      `${at.toUpperCase()}.${rest}`,
      `0${at}.${rest}`,
      `-1.${rest}`,
      `.${rest}`,
      rest,
      at,
      "",
      ".",
      "é.é",
      "é.é.é",
      "z".repeat(10_000),
    ]) {
      expect([wrong, await read(wrong)]).toEqual([wrong, null]);
    }
  });
});

test("a token stands in a link whole, whatever reads it, and shows no address", async () => {
  const longest = `${"a".repeat(64)}@${"b".repeat(251)}.org`;

  const url = await createUnsubscribeUrl(cipher, "https://api.example/", { id, to: longest }, made);

  const [, token = ""] =
    new RegExp(`^https://api\\.example/unsubscribe/${id}/([0-9a-z]+\\.old-1_\\.[A-Za-z0-9_-]+)$`).exec(url) ??
    [];
  expect(await read(token)).toEqual({ notificationId: id, emailAddress: longest });
  // A line of an email is at most 998 (RFC 5322 section 2.1.1).
  expect(url.length).toBeLessThan(600);
  expect(atob(token.split(".")[2]?.replaceAll("-", "+").replaceAll("_", "/") ?? "")).not.toContain("aaaa");
});

import { describe, expect, test } from "bun:test";
import { createSigner } from "../../../shared/signing.ts";
import {
  createUnsubscribeToken,
  createUnsubscribeUrl,
  isUnsubscribeToken,
} from "../../../shared/unsubscribe/token.ts";

const keys = {
  old: { id: "old", bytes: new Uint8Array(32).fill(1) },
  new: { id: "new", bytes: new Uint8Array(32).fill(2) },
};
const signer = await createSigner([keys.old]);
const id = "740e5834-3a29-46b4-9a6f-16142fde533a";
const made = new Date("2026-08-01T09:30:00.999Z");
const later = (seconds: number) => new Date(Date.UTC(2026, 7, 1, 9, 30, seconds));
const year = 365 * 24 * 60 * 60;

describe("a token to unsubscribe", () => {
  test.each([
    ["at once", 0, true],
    ["after months", year / 2, true],
    ["on the last second of a year", year, true],
    ["a second later", year + 1, false],
    ["on a clock that is slow", -60, true],
  ])("works %s: %p seconds, %p", async (_, seconds, works) => {
    const token = await createUnsubscribeToken(signer, id, made);

    expect(await isUnsubscribeToken(signer, id, token, later(seconds))).toBe(works);
  });

  test("works for its notification alone, signed by a key that is still known", async () => {
    const token = await createUnsubscribeToken(signer, id, made);
    const other = id.replace("7", "8");
    const rotated = await createSigner([keys.new, keys.old]);

    expect(await isUnsubscribeToken(signer, other, token, made)).toBe(false);
    expect(await isUnsubscribeToken(rotated, id, token, made)).toBe(true);
    expect(await isUnsubscribeToken(await createSigner([keys.new]), id, token, made)).toBe(false);
  });

  test("is not one that was signed for another purpose, or changed", async () => {
    const token = await createUnsubscribeToken(signer, id, made);
    const [at = "", signature = ""] = token.split(".");
    const forged = await signer.sign(`${id} ${at}`, "document");
    const newer = (Number.parseInt(at, 36) + 1).toString(36);

    for (const wrong of [
      `${at}.${forged}`,
      `${newer}.${signature}`,
      `${at}.${signature.slice(0, -1)}`,
      `${at}.${signature}.`,
      `${at}.`,
      `${at.toUpperCase()}.${signature}`,
      `0${at}.${signature}`,
      `-1.${signature}`,
      `.${signature}`,
      signature,
      at,
      "",
      ".",
      "é.é",
      "z".repeat(10_000),
    ]) {
      expect([wrong, await isUnsubscribeToken(signer, id, wrong, made)]).toEqual([wrong, false]);
    }
  });

  test("stands in a link whole, whatever reads it", async () => {
    const url = await createUnsubscribeUrl(signer, "https://api.example/", id, made);

    expect(url).toMatch(
      new RegExp(`^https://api\\.example/unsubscribe/${id}/[0-9a-z]+\\.[A-Za-z0-9_-]{42}[A-Za-z0-9]$`),
    );
    expect(url).toBe(
      `https://api.example/unsubscribe/${id}/${await createUnsubscribeToken(signer, id, made)}`,
    );
  });
});

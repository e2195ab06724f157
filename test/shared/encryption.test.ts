import { describe, expect, test } from "bun:test";
import { seal } from "../../api/serve.bun-seal.ts";
import { createCipher, type InPlace } from "../../shared/encryption.ts";
import { openSealed } from "../../worker/open-sealed.ts";

const oldKey = { id: "old", bytes: new Uint8Array(32).fill(1) };
const newKey = { id: "2026-b", bytes: new Uint8Array(32).fill(2) };
const purpose = "api_keys.secret:1";

const texts: [what: string, text: string][] = [
  ["nothing", ""],
  ["a word", "secret"],
  ["what is not ASCII", "naïve 東京 👩‍👩‍👧 \u0000 \u{10ffff}"],
  ["a byte order mark", "\ufeffmarked"],
  ["two million characters", "é".repeat(2_000_000)],
];

const ways: [by: string, how: InPlace][] = [
  ["WebCrypto", {}],
  ["OpenSSL", { seal, open: openSealed }],
];

describe.each(ways)("a cipher by %s", (_, how) => {
  test.each(texts)("carries %s there and back", async (_what, text) => {
    const cipher = await createCipher([newKey], how);
    const value = await cipher.encrypt(text, purpose);

    expect(value).toMatch(/^2026-b\.[A-Za-z0-9+/]+=*$/);
    // Either reads what the other wrote.
    for (const [, reads] of ways) {
      const reader = await createCipher([newKey], reads);
      expect((await reader.decrypt(value, purpose)) === text).toBe(true);
    }
  });

  test.each([0, 1, 15, 16, 17, 5_000_000])("carries a file of %i bytes there and back", async (length) => {
    const cipher = await createCipher([newKey], how);
    const file = Uint8Array.from({ length }, (_, at) => at % 251);

    const value = await cipher.encryptBytes(file, purpose);

    for (const [, reads] of ways) {
      const reader = await createCipher([oldKey, newKey], reads);
      const read = await reader.decryptBytes(value, purpose);
      expect(Buffer.compare(read, file)).toBe(0);
    }
  });

  test("does not read a file of another place, under another key of that name, changed or cut off", async () => {
    const cipher = await createCipher([newKey], how);
    const impostor = await createCipher([{ ...oldKey, id: newKey.id }], how);
    const without = await createCipher([oldKey], how);
    const value = await cipher.encryptBytes(new TextEncoder().encode("A letter"), purpose);
    const others = [...value.keys()].flatMap((at) => {
      const changed = value.slice();
      changed[at] = (value[at] ?? 0) ^ 1;
      return [changed, value.slice(0, at)];
    });

    const outcomes = await Promise.allSettled([
      ...others.map((other) => cipher.decryptBytes(other, purpose)),
      cipher.decryptBytes(value, "letters/2"),
      impostor.decryptBytes(value, purpose),
      without.decryptBytes(value, purpose),
    ]);

    expect(outcomes).toHaveLength(2 * value.length + 3);
    expect(outcomes.filter(({ status }) => status !== "rejected")).toEqual([]);
  });

  test("writes the same text another way each time, and never plainly", async () => {
    const cipher = await createCipher([newKey], how);

    const values = await Promise.all(Array.from({ length: 100 }, () => cipher.encrypt("secret", purpose)));

    expect(new Set(values).size).toBe(100);
    // Nonce, text, tag.
    for (const value of values) expect(Buffer.from(value.slice(7), "base64")).toHaveLength(12 + 6 + 16);
    expect(Buffer.from(values.join(""), "base64").includes("secret")).toBe(false);
  });

  test("writes with the first key, and reads with the others too", async () => {
    const before = await createCipher([oldKey], how);
    const rotating = await createCipher([newKey, oldKey], how);
    const after = await createCipher([newKey], how);
    const old = await before.encrypt("secret", purpose);

    const fresh = await rotating.encrypt("secret", purpose);

    expect(rotating.keyId).toBe("2026-b");
    expect(await rotating.decrypt(old, purpose)).toBe("secret");
    expect(await after.decrypt(fresh, purpose)).toBe("secret");
    await expect(after.decrypt(old, purpose)).rejects.toThrow(
      'Cannot decrypt: the key "old" is not configured',
    );
  });

  test("does not read a value of another row, of another column, or under another key of that name", async () => {
    const cipher = await createCipher([newKey], how);
    const impostor = await createCipher([{ ...oldKey, id: newKey.id }], how);

    const value = await cipher.encrypt("secret", purpose);

    await expect(cipher.decrypt(value, "api_keys.secret:2")).rejects.toThrow();
    await expect(cipher.decrypt(value, "callbacks.token:1")).rejects.toThrow();
    await expect(impostor.decrypt(value, purpose)).rejects.toThrow();
  });

  test("does not read a value of which any byte was changed, or that was cut off", async () => {
    const cipher = await createCipher([newKey], how);
    const value = await cipher.encrypt("secret", purpose);
    const bytes = Buffer.from(value.slice(7), "base64");
    const changed = [...bytes.keys()].map((at) => {
      const copy = Buffer.from(bytes);
      copy.writeUInt8((bytes[at] ?? 0) ^ 1, at);
      return copy;
    });
    const cut = [...bytes.keys()].map((length) => bytes.subarray(0, length));

    const outcomes = await Promise.allSettled(
      [...changed, ...cut].map((sealed) => cipher.decrypt(`2026-b.${sealed.toString("base64")}`, purpose)),
    );

    expect(outcomes).toHaveLength(2 * bytes.length);
    expect(outcomes.filter(({ status }) => status !== "rejected")).toEqual([]);
  });
});

describe("createCipher", () => {
  test.each([0, 16, 24, 31, 33])("refuses a key of %i bytes", async (length) => {
    const short = { id: "short", bytes: new Uint8Array(length) };

    await expect(createCipher([newKey, short])).rejects.toThrow(
      'Cannot encrypt: the key "short" is not 32 bytes',
    );
  });

  test("refuses to be without a key", async () => {
    await expect(createCipher([])).rejects.toThrow("Cannot encrypt: no key is configured");
  });

  test("does not repeat a value that was never encrypted", async () => {
    const cipher = await createCipher([newKey]);

    await expect(cipher.decrypt("plain secret", purpose)).rejects.toThrow(
      "Cannot decrypt: the value names no key",
    );
  });
});

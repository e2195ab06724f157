import { describe, expect, test } from "bun:test";
import { seal } from "../../api/serve.bun-seal.ts";
import { createCipher } from "../../shared/encryption.ts";

const keys = [{ id: "k", bytes: new Uint8Array(32).fill(5) }];

describe("Bun's own encryption", () => {
  test.each(["", "Ada", "naïve 😀", "x".repeat(100_000)])("WebCrypto reads what it wrote", async (plain) => {
    const fast = await createCipher(keys, { seal });
    const plainCipher = await createCipher(keys);

    const sealed = await fast.encrypt(plain, "a purpose");

    expect(await plainCipher.decrypt(sealed, "a purpose")).toBe(plain);
    expect(await fast.decrypt(await plainCipher.encrypt(plain, "p"), "p")).toBe(plain);
  });

  test("it is bound to its purpose and never the same twice", async () => {
    const cipher = await createCipher(keys, { seal });

    const [one, two] = [await cipher.encrypt("Ada", "here"), await cipher.encrypt("Ada", "here")];

    expect(one).not.toBe(two);
    await expect(cipher.decrypt(one, "there").then(() => "read")).rejects.toThrow();
  });
});

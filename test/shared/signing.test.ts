import { describe, expect, test } from "bun:test";
import { createSigner } from "../../shared/signing.ts";

const key = (id: string, fill: number) => ({ id, bytes: new Uint8Array(32).fill(fill) });

describe("a signature", () => {
  test("is believed for its text and purpose, whoever holds the key", async () => {
    const signature = await (await createSigner([key("a", 1)])).sign("text", "links");

    const other = await createSigner([key("a", 1)]);

    expect(signature).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(await other.isSigned("text", signature, "links")).toBe(true);
  });

  test("is believed after its key was put second", async () => {
    const signature = await (await createSigner([key("a", 1)])).sign("text", "links");

    const rotated = await createSigner([key("b", 2), key("a", 1)]);

    expect(await rotated.isSigned("text", signature, "links")).toBe(true);
    expect(await rotated.sign("text", "links")).not.toBe(signature);
  });

  test.each([
    ["of another text", "other", "links", [key("a", 1)]],
    ["of another purpose", "text", "cookies", [key("a", 1)]],
    ["by an unknown key", "text", "links", [key("b", 2)]],
  ])("%s is not believed", async (_of, text, purpose, keys) => {
    const signature = await (await createSigner([key("a", 1)])).sign("text", "links");

    expect(await (await createSigner(keys)).isSigned(text, signature, purpose)).toBe(false);
  });

  test.each(["", "a", "?", "ä", "A".repeat(43), "=".repeat(43)])("%p is no signature", async (signature) => {
    const signer = await createSigner([key("a", 1)]);

    expect(await signer.isSigned("text", signature, "links")).toBe(false);
  });
});

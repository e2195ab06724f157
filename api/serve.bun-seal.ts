import { createCipheriv, randomBytes } from "node:crypto";

/** `Seal` of shared/encryption.ts by OpenSSL, in place. */
export function seal(key: Uint8Array, plain: string, purpose: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(purpose));
  return Buffer.concat([nonce, cipher.update(plain, "utf8"), cipher.final(), cipher.getAuthTag()]).toString(
    "base64",
  );
}

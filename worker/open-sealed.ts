import { createDecipheriv } from "node:crypto";

const nonceBytes = 12;
const tagBytes = 16;

/** `Open` of shared/encryption.ts by OpenSSL, in place. */
export function openSealed(key: Uint8Array, sealed: Uint8Array, purpose: string): Uint8Array<ArrayBuffer> {
  const end = sealed.length - tagBytes;
  if (end < nonceBytes) throw new Error("Cannot decrypt: the value is cut off");
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, nonceBytes))
    .setAAD(Buffer.from(purpose))
    .setAuthTag(sealed.subarray(end));
  const plain = decipher.update(sealed.subarray(nonceBytes, end));
  // Throws where the tag is not of these bytes; nothing more comes.
  decipher.final();
  return new Uint8Array(plain.buffer, plain.byteOffset, plain.byteLength);
}

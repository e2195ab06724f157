import { fromBase64Url, toBase64Url } from "./base64.ts";
import type { EncryptionKey } from "./encryption.ts";

/**
 * Signs what we hand out and believe when it comes back: links, cookies. HMAC-SHA256 in base64url. `purpose` keeps a
 * signature made for one thing from serving another.
 */
export interface Signer {
  sign(text: string, purpose: string): Promise<string>;
  /** In constant time; true for a signature by any of the keys. */
  isSigned(text: string, signature: string, purpose: string): Promise<boolean>;
}

/** Signs with keys derived (HKDF, RFC 5869) from those that encrypt: the first signs, all are believed. */
export async function createSigner(keys: readonly EncryptionKey[]): Promise<Signer> {
  const ring = await Promise.all(keys.map(deriveKey));
  const [first] = ring;
  if (!first) throw new Error("Cannot sign: no key is configured");

  return {
    async sign(text, purpose) {
      return toBase64Url(new Uint8Array(await crypto.subtle.sign("HMAC", first, bound(text, purpose))));
    },
    async isSigned(text, signature, purpose) {
      const bytes = fromBase64Url(signature);
      if (bytes === null) return false;
      for (const key of ring) {
        if (await crypto.subtle.verify("HMAC", key, bytes, bound(text, purpose))) return true;
      }
      return false;
    },
  };
}

async function deriveKey({ bytes }: EncryptionKey): Promise<CryptoKey> {
  const root = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey"]);
  const info = encoder.encode("pillarbox signing");
  return await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info },
    root,
    { name: "HMAC", hash: "SHA-256", length: 256 },
    false,
    ["sign", "verify"],
  );
}

/** No purpose holds a line break, so no two pairs read the same. */
function bound(text: string, purpose: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${purpose}\n${text}`);
}

const encoder = new TextEncoder();

import { importX509 } from "jose";
import { createCache } from "../cache.ts";
import { type Fetch, fetchText } from "./limited-fetch.ts";

/** SNS's names for the two digests: 1 and 2. */
export type SignatureVersion = "1" | "2";

/** The public key of a certificate, as SPKI. Throws when it cannot be had just now. */
export type FindPublicKey = (certificateUrl: string) => Promise<ArrayBuffer>;

const hourMs = 60 * 60 * 1000;
/** Anyone may name certificates that do not exist, so few are asked for at once. */
const maxLoading = 8;

/**
 * Certificates, kept for an hour. The URL must have been checked: what is served there is trusted, so the chain is
 * not looked at.
 */
export function createPublicKeys(fetch: Fetch, timeoutMs: number): FindPublicKey {
  let loading = 0;

  async function load(url: string): Promise<ArrayBuffer> {
    if (loading >= maxLoading) throw new Error("Cannot fetch a certificate: too many are being fetched");
    loading++;
    try {
      const pem = await fetchText(fetch, url, timeoutMs);
      const key = await importX509(pem, "RS256", { extractable: true });
      return await crypto.subtle.exportKey("spki", key);
    } catch (cause) {
      throw new Error("Cannot fetch a certificate", { cause });
    } finally {
      loading--;
    }
  }

  // Room for those in use beside those that will turn out not to exist.
  return createCache(load, { ttlMs: hourMs, largest: 2 * maxLoading });
}

/** RSA PKCS#1 v1.5 over SHA-1 for version 1, over SHA-256 for version 2. False for base64 that is none. */
export async function verifySignature(
  spki: ArrayBuffer,
  version: SignatureVersion,
  signature: string,
  text: string,
): Promise<boolean> {
  const bytes = fromBase64(signature);
  if (bytes === null) return false;
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: version === "1" ? "SHA-1" : "SHA-256" };
  const key = await crypto.subtle.importKey("spki", spki, algorithm, false, ["verify"]);
  return crypto.subtle.verify(algorithm.name, key, bytes, new TextEncoder().encode(text));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

/* What is kept of a document can be read by nobody who has not its link: not by us, not from a backup. */

const nonceBytes = 12;

/** Encrypts a document with the key of its link: AES-256-GCM, bound to the document's id. */
export async function sealDocument(
  bytes: Uint8Array<ArrayBuffer>,
  { id, key }: { id: string; key: Uint8Array<ArrayBuffer> },
): Promise<Uint8Array<ArrayBuffer>> {
  const iv = crypto.getRandomValues(new Uint8Array(nonceBytes));
  const aes = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  const sealed = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv, additionalData: encoder.encode(id) },
    aes,
    bytes,
  );
  const whole = new Uint8Array(nonceBytes + sealed.byteLength);
  whole.set(iv);
  whole.set(new Uint8Array(sealed), nonceBytes);
  return whole;
}

/** Throws where the key is another, or the content was changed. */
export async function openDocument(
  sealed: Uint8Array<ArrayBuffer>,
  { id, key }: { id: string; key: Uint8Array<ArrayBuffer> },
): Promise<Uint8Array<ArrayBuffer>> {
  const aes = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
  const iv = sealed.subarray(0, nonceBytes);
  const params = { name: "AES-GCM", iv, additionalData: encoder.encode(id) };
  return new Uint8Array(await crypto.subtle.decrypt(params, aes, sealed.subarray(nonceBytes)));
}

/** What a key is known by again. */
export async function hashOfKey(key: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", key));
}

/**
 * What a recipient's address is known by again: an HMAC with the link's key, for from a plain hash addresses could be
 * guessed. Expects it normalised.
 */
export async function hashOfAddress(address: string, key: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const hmac = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", hmac, encoder.encode(`recipient\n${address}`)));
}

/** In a time that does not tell where they differ. */
export function isSameHash(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  let difference = 0;
  for (const [at, byte] of one.entries()) difference |= byte ^ (other[at] ?? 0);
  return difference === 0;
}

const encoder = new TextEncoder();

import { fromBase64, toBase64 } from "./base64.ts";

/**
 * Encrypts what must not be readable at rest: AES-256-GCM, as `{key id}.{base64 of 12 bytes nonce, ciphertext, tag}`.
 *
 * `purpose` is bound to the value (a column and its row's id), so that one copied to another place does not decrypt.
 * `decrypt` throws where the key is not known or the value was changed.
 */
export interface Cipher {
  encrypt(plain: string, purpose: string): Promise<string>;
  decrypt(value: string, purpose: string): Promise<string>;
  /** Files: the key's id and a zero byte, then nonce, ciphertext and tag. */
  encryptBytes(plain: Uint8Array<ArrayBuffer>, purpose: string): Promise<Uint8Array<ArrayBuffer>>;
  decryptBytes(value: Uint8Array<ArrayBuffer>, purpose: string): Promise<Uint8Array<ArrayBuffer>>;
  /** The id of the key that encrypts now; values of other keys want re-encrypting. */
  keyId: string;
}

export interface EncryptionKey {
  /** Letters, digits, `-` and `_`. */
  id: string;
  /** 32. */
  bytes: Uint8Array<ArrayBuffer>;
}

/** Base64 of nonce, ciphertext and tag: what a runtime's own AES-256-GCM makes in place of WebCrypto's. */
export type Seal = (key: Uint8Array, plain: string, purpose: string) => string;

/** The plain bytes of nonce, ciphertext and tag, by the same. Throws where they are not what this key and purpose made. */
export type Open = (key: Uint8Array, sealed: Uint8Array, purpose: string) => Uint8Array<ArrayBuffer>;

/** What a runtime does in its own way; the rest is WebCrypto's. */
export interface InPlace {
  seal?: Seal | undefined;
  open?: Open | undefined;
}

const nonceBytes = 12;

/**
 * The first key encrypts; the others still decrypt. Throws where a key is not 32 bytes. WebCrypto works in another
 * thread, which costs the accept path and the printing of letters more than the cipher does: a runtime that can
 * encrypt in place gives `seal`, one that can decrypt so `open`.
 */
export async function createCipher(
  keys: readonly EncryptionKey[],
  { seal, open }: InPlace = {},
): Promise<Cipher> {
  const ring = new Map<string, { key: CryptoKey; bytes: Uint8Array }>();
  for (const { id, bytes } of keys) {
    // WebCrypto would take shorter ones.
    if (bytes.length !== 32) throw new Error(`Cannot encrypt: the key "${id}" is not 32 bytes`);
    const key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
    ring.set(id, { key, bytes });
  }
  const [first] = keys;
  const current = first && ring.get(first.id)?.key;
  if (!first || !current) throw new Error("Cannot encrypt: no key is configured");
  const keyId = first.id;

  return {
    keyId,
    async encrypt(plain, purpose) {
      if (seal) return `${keyId}.${seal(first.bytes, plain, purpose)}`;
      const iv = crypto.getRandomValues(new Uint8Array(nonceBytes));
      const sealed = await crypto.subtle.encrypt(
        { name: "AES-GCM", iv, additionalData: encoder.encode(purpose) },
        current,
        encoder.encode(plain),
      );
      const bytes = new Uint8Array(nonceBytes + sealed.byteLength);
      bytes.set(iv);
      bytes.set(new Uint8Array(sealed), nonceBytes);
      return `${keyId}.${toBase64(bytes)}`;
    },
    async decrypt(value, purpose) {
      const dot = value.indexOf(".");
      // Not repeated: it may be plain.
      if (dot < 0) throw new Error("Cannot decrypt: the value names no key");
      return decoder.decode(await unseal(value.slice(0, dot), fromBase64(value.slice(dot + 1)), purpose));
    },
    async encryptBytes(plain, purpose) {
      const iv = crypto.getRandomValues(new Uint8Array(nonceBytes));
      const algorithm = { name: "AES-GCM", iv, additionalData: encoder.encode(purpose) };
      const sealed = new Uint8Array(await crypto.subtle.encrypt(algorithm, current, plain));
      const head = encoder.encode(`${keyId}\0`);
      const bytes = new Uint8Array(head.length + nonceBytes + sealed.length);
      bytes.set(head);
      bytes.set(iv, head.length);
      bytes.set(sealed, head.length + nonceBytes);
      return bytes;
    },
    async decryptBytes(value, purpose) {
      const id = keyIdOfBytes(value);
      if (id === null) throw new Error("Cannot decrypt: the file names no key");
      return await unseal(id, value.subarray(id.length + 1), purpose);
    },
  };

  async function unseal(id: string, sealed: Uint8Array<ArrayBuffer>, purpose: string) {
    const known = ring.get(id);
    if (!known) throw new Error(`Cannot decrypt: the key "${id}" is not configured`);
    if (open) return open(known.bytes, sealed, purpose);
    const iv = sealed.subarray(0, nonceBytes);
    const algorithm = { name: "AES-GCM", iv, additionalData: encoder.encode(purpose) };
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, known.key, sealed.subarray(nonceBytes)));
  }
}

/** Which key encrypted a file; null where that cannot be. */
export function keyIdOfBytes(value: Uint8Array): string | null {
  const end = value.subarray(0, 256).indexOf(0);
  return end > 0 ? decoder.decode(value.subarray(0, end)) : null;
}

const encoder = new TextEncoder();
// What is read is what was written, a byte order mark too.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

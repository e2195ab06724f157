import { fromBase64, toBase64 } from "../base64.ts";
import type { CallbackType } from "../service/callback-types.ts";

/*
 * Signatures by Standard Webhooks 1.0 (https://www.standardwebhooks.com), so that a service can check with any of its
 * libraries that what it was told came from us, whole and now.
 */

const secretPrefix = "whsec_";
const secretBytes = 32;

/** A new secret, as the service's library takes it. */
export function newSigningSecret(): string {
  return `${secretPrefix}${toBase64(crypto.getRandomValues(new Uint8Array(secretBytes)))}`;
}

/** What signs with a secret; to be kept where much is signed. */
export async function importSigningSecret(secret: string): Promise<CryptoKey> {
  const bytes = fromBase64(secret.slice(secretPrefix.length));
  return await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}

/**
 * What names one event: the same on each attempt and replay, so that a service can tell what it was told already. No
 * full stop is in it, which would let one signed text read as another.
 */
export function webhookIdOf(type: CallbackType, subjectId: string): string {
  return `${type}_${subjectId}`;
}

export interface Signed {
  /** The event's, from `webhookIdOf`. */
  id: string;
  /** When this attempt is made: receivers refuse what is five minutes old. */
  at: Date;
  body: string;
}

export interface Credentials {
  /** The bearer token. */
  token: string;
  /** None where the service has no secret yet; two while a new one takes an old one's place. */
  secrets: readonly CryptoKey[];
}

/** What the signatures sign. */
export function signatureBase({ id, at, body }: Signed): string {
  return `${id}.${toSeconds(at)}.${body}`;
}

/** The headers of one attempt. Not signed where there is no secret. */
export async function callbackHeaders({
  token,
  secrets,
  ...signed
}: Credentials & Signed): Promise<Record<string, string>> {
  const headers = {
    "Content-Type": "application/json",
    Authorization: `Bearer ${token}`,
    "webhook-id": signed.id,
    "webhook-timestamp": String(toSeconds(signed.at)),
  };
  if (secrets.length === 0) return headers;
  const base = encoder.encode(signatureBase(signed));
  const signatures = await Promise.all(
    secrets.map(async (key) => {
      const signature = await crypto.subtle.sign("HMAC", key, base);
      return `v1,${toBase64(new Uint8Array(signature))}`;
    }),
  );
  return { ...headers, "webhook-signature": signatures.join(" ") };
}

function toSeconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}

const encoder = new TextEncoder();

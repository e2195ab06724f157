import { compactVerify, errors } from "jose";
import type { Token } from "./token.ts";

/** A token and, once a key has verified it, that key's secret. */
export interface KnownToken extends Token {
  serviceId: string;
  signedWith: string | null;
}

export interface VerifiedTokens {
  /** A token whose signature was verified before, or undefined. Its times must be checked each time. */
  recall: (text: string) => KnownToken | undefined;
  /** Whether this secret signed the token; remembers the token if so. */
  isSignedWith: (token: KnownToken, secret: string) => Promise<boolean>;
}

/** Tokens live for a minute, and the official clients' are the same within each second. */
const tokensKept = 5_000;
const longestKept = 2_000;
const keysKept = 5_000;

/** Verifies HS256 signatures, each only once: hashing costs more than all the rest of authenticating. */
export function createVerifiedTokens(): VerifiedTokens {
  const tokens = new Map<string, KnownToken>();
  const keys = new Map<string, Promise<CryptoKey>>();

  function keyFor(secret: string): Promise<CryptoKey> {
    const known = keys.get(secret);
    if (known) return known;
    const key = crypto.subtle.importKey("raw", new TextEncoder().encode(secret), hmac, false, ["verify"]);
    remember(keys, keysKept, secret, key);
    return key;
  }

  return {
    recall: (text) => tokens.get(text),

    async isSignedWith(token, secret) {
      if (token.signedWith !== null) return token.signedWith === secret;
      try {
        await compactVerify(token.text, await keyFor(secret), hs256);
      } catch (error) {
        if (error instanceof errors.JOSEError) return false;
        throw error;
      }
      token.signedWith = secret;
      if (token.text.length <= longestKept) remember(tokens, tokensKept, token.text, token);
      return true;
    },
  };
}

const hmac = { name: "HMAC", hash: "SHA-256" };
const hs256 = { algorithms: ["HS256"] };

/** Drops the oldest entry of a full map. */
function remember<Value>(map: Map<string, Value>, size: number, key: string, value: Value): void {
  if (map.size >= size) {
    for (const oldest of map.keys()) {
      map.delete(oldest);
      break;
    }
  }
  map.set(key, value);
}

import type { Cipher } from "../encryption.ts";
import { bearerTokenOf, type CallbackTarget, signingSecretOf } from "./queries.ts";
import { type Credentials, importSigningSecret } from "./signature.ts";

/** Answers what a callback's attempts are sent with: its token, and the secrets that sign at that time. */
export type OpenCredentials = (target: CallbackTarget, at: Date) => Promise<Credentials>;

/**
 * Remembers what it decrypted for as long as the target lives: one that is cached for a second is opened once a second,
 * however much is sent to it.
 */
export function createOpenCredentials(cipher: Cipher): OpenCredentials {
  const opened = new WeakMap<CallbackTarget, Promise<Opened>>();
  return async (target, at) => {
    const known = opened.get(target) ?? open(cipher, target);
    opened.set(target, known);
    const { token, secrets } = await known;
    const valid = secrets.filter(({ until }) => until === null || until > at);
    return { token, secrets: valid.map(({ key }) => key) };
  };
}

interface Opened {
  token: string;
  secrets: { key: CryptoKey; until: Date | null }[];
}

async function open(cipher: Cipher, { id, bearerToken, secrets }: CallbackTarget): Promise<Opened> {
  return {
    token: await cipher.decrypt(bearerToken, bearerTokenOf(id)),
    secrets: await Promise.all(
      secrets.map(async ({ secret, until }) => ({
        key: await importSigningSecret(await cipher.decrypt(secret, signingSecretOf(id))),
        until,
      })),
    ),
  };
}

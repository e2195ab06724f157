import type { Pool } from "../../../shared/database.ts";
import type { Cipher } from "../../../shared/encryption.ts";
import {
  readCredentials,
  removeCredential,
  type StoredCredential,
  storeCredential,
} from "../../../shared/provider/credentials.ts";

/** What we sign in with at DVLA, as it stands. */
export interface DvlaCredentials {
  username: string;
  password: string;
  /** The one that the password is being changed to: after a worker died over that, it may be the one in force. */
  nextPassword: string | null;
  passwordChangedAt: Date | null;
  apiKey: string;
  apiKeyChangedAt: Date | null;
  /** Whether a new API key was asked for and the answer never stored: ours may be void. */
  askedForApiKey: boolean;
}

export interface CredentialStore {
  read(): Promise<DvlaCredentials>;
  /** Before DVLA is asked to change it. */
  keepNextPassword(password: string, at: Date): Promise<void>;
  /** Once DVLA takes it. */
  changePassword(password: string, at: Date): Promise<void>;
  /** Before DVLA is asked for a new one: what it answers is known to nobody else. */
  noteAskingForApiKey(at: Date): Promise<void>;
  forgetAskingForApiKey(): Promise<void>;
  changeApiKey(apiKey: string, at: Date): Promise<void>;
}

export interface ConfiguredCredentials {
  username: string;
  password: string;
  apiKey: string;
}

export const provider = "dvla";

/**
 * At first what is configured; later what it was changed to, kept in the database, until something else is configured:
 * so an operator can always say what holds.
 */
export function createCredentialStore(
  sql: Pool,
  cipher: Cipher,
  configured: ConfiguredCredentials,
): CredentialStore {
  const inForce = (stored: StoredCredential | undefined, now: string) =>
    stored?.configured === now ? stored : null;
  const keep = (name: string, value: string, given: string, at: Date, instead?: string) => {
    const credential = { provider, name, value, configured: given, at };
    return storeCredential(sql, cipher, instead === undefined ? credential : { ...credential, instead });
  };

  return {
    async read() {
      const stored = await readCredentials(sql, cipher, provider);
      const password = inForce(stored.get("password"), configured.password);
      const next = inForce(stored.get("next-password"), configured.password);
      const apiKey = inForce(stored.get("api-key"), configured.apiKey);
      return {
        username: configured.username,
        password: password?.value ?? configured.password,
        nextPassword: next?.value ?? null,
        passwordChangedAt: password?.changedAt ?? null,
        apiKey: apiKey?.value ?? configured.apiKey,
        apiKeyChangedAt: apiKey?.changedAt ?? null,
        askedForApiKey: inForce(stored.get("asked-for-api-key"), configured.apiKey) !== null,
      };
    },
    keepNextPassword: (value, at) => keep("next-password", value, configured.password, at),
    changePassword: (value, at) => keep("password", value, configured.password, at, "next-password"),
    noteAskingForApiKey: (at) => keep("asked-for-api-key", "", configured.apiKey, at),
    forgetAskingForApiKey: () => removeCredential(sql, provider, "asked-for-api-key"),
    changeApiKey: (value, at) => keep("api-key", value, configured.apiKey, at, "asked-for-api-key"),
  };
}

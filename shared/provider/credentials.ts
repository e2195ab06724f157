import * as v from "valibot";
import type { Db } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import { parseJson } from "../receipt/parse-json.ts";

/** What we sign in with at a provider, as it was changed to. */
export interface StoredCredential {
  value: string;
  /** What was configured when it was stored: once something else is, that is newer. */
  configured: string;
  changedAt: Date;
}

const Sealed = v.object({ value: v.string(), configured: v.string() });

/** What a credential's encryption is bound to. */
export function credentialOf(provider: string, name: string): string {
  return `provider_credentials.value:${provider} ${name}`;
}

/** All of a provider, by name. Throws where one does not decrypt. */
export async function readCredentials(
  db: Db,
  cipher: Cipher,
  provider: string,
): Promise<ReadonlyMap<string, StoredCredential>> {
  const rows = await db<{ name: string; value: string; changedAt: Date }[]>`
    select name, value, changed_at as "changedAt" from provider_credentials where provider = ${provider}`;
  const credentials = new Map<string, StoredCredential>();
  for (const { name, value, changedAt } of rows) {
    const plain = parseJson(await cipher.decrypt(value, credentialOf(provider, name)));
    credentials.set(name, { ...v.parse(Sealed, plain), changedAt });
  }
  return credentials;
}

export interface NewCredential {
  provider: string;
  name: string;
  value: string;
  configured: string;
  at: Date;
  /** The name under which it, or the intention to ask for it, was kept until now: that goes in the same statement. */
  instead?: string;
}

/** Stores a credential in place of the one of its name. */
export async function storeCredential(
  db: Db,
  cipher: Cipher,
  { provider, name, value, configured, at, instead }: NewCredential,
): Promise<void> {
  const sealed = await cipher.encrypt(JSON.stringify({ value, configured }), credentialOf(provider, name));
  await db`
    with gone as (
      delete from provider_credentials where provider = ${provider} and name = ${instead ?? ""}
    )
    insert into provider_credentials (provider, name, value, changed_at)
    values (${provider}, ${name}, ${sealed}, ${at})
    on conflict (provider, name) do update set value = excluded.value, changed_at = excluded.changed_at`;
}

export async function removeCredential(db: Db, provider: string, name: string): Promise<void> {
  await db`delete from provider_credentials where provider = ${provider} and name = ${name}`;
}

/** Lets one process change a provider's credentials for `seconds`. False where another does. */
export async function lockCredentials(
  db: Db,
  provider: string,
  { at, seconds }: { at: Date; seconds: number },
): Promise<boolean> {
  const rows = await db`
    insert into provider_credential_locks as l (provider, held_until)
    values (${provider}, ${at}::timestamptz + ${seconds} * interval '1s')
    on conflict (provider) do update set held_until = excluded.held_until where l.held_until <= ${at}
    returning provider`;
  return rows.length === 1;
}

export async function unlockCredentials(db: Db, provider: string): Promise<void> {
  await db`delete from provider_credential_locks where provider = ${provider}`;
}

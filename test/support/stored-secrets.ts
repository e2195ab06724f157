import { bearerTokenOf, signingSecretOf } from "../../shared/callback/queries.ts";
import type { Pool } from "../../shared/database.ts";
import type { Cipher } from "../../shared/encryption.ts";
import { receivedTextOf } from "../../shared/inbound/queries.ts";
import { isJsonObject } from "../../shared/json/json.ts";
import { letterAddressOf } from "../../shared/letter/address.ts";
import { personalisationOf } from "../../shared/notification/admit.ts";
import { credentialOf } from "../../shared/provider/credentials.ts";
import { apiKeySecretOf } from "../../shared/service/queries.ts";
import type { Secrets } from "./log-secrets.ts";

/** What a database holds that no log may, in the newest rows. Values that other keys encrypted are left out. */
export async function storedSecrets(sql: Pool, cipher: Cipher, most = 2000): Promise<Secrets> {
  const secrets = new Map<string, string>();
  const add = (value: unknown, whose: string) => {
    if (typeof value === "string") secrets.set(value, whose);
  };
  const open = (sealed: string, purpose: string) => cipher.decrypt(sealed, purpose).catch(() => null);

  const notifications = await sql<
    { id: string; recipient: string; normalised: string | null; personalisation: string | null }[]
  >`
    select id, recipient, normalised_to as normalised, personalisation from notifications
    order by created_at desc limit ${most}`;
  for (const { id, recipient, normalised, personalisation } of notifications) {
    // A letter's address: none of its lines may stand there either.
    for (const line of recipient.split("\n")) add(line, "a recipient");
    add(recipient, "a recipient");
    add(normalised, "a recipient");
    for (const text of textsIn(personalisation && (await open(personalisation, personalisationOf(id)))))
      add(text, "a personalisation");
  }
  const letters = await sql<{ id: string; address: string }[]>`
    select notification_id as id, address from letters where address is not null
    order by created_at desc limit ${most}`;
  for (const { id, address } of letters) {
    const lines = await open(address, letterAddressOf(id));
    for (const line of lines?.split("\n") ?? []) add(line, "a recipient");
  }
  for (const {
    address,
  } of await sql`select email_address as address from unsubscribe_requests limit ${most}`)
    add(address, "who unsubscribed");
  const texts = await sql<{ id: string; number: string; content: string }[]>`
    select id, user_number as number, content from inbound_sms order by created_at desc limit ${most}`;
  for (const { id, number, content } of texts) {
    add(number, "who sent a text");
    add(await open(content, receivedTextOf(id)), "a text that came in");
  }
  const keys = await sql<{ id: string; secret: string }[]>`select id, secret from api_keys`;
  for (const { id, secret } of keys) add(await open(secret, apiKeySecretOf(id)), "an API key");
  const callbacks = await sql<{ id: string; token: string }[]>`
    select id, bearer_token as token from service_callback_api`;
  for (const { id, token } of callbacks) add(await open(token, bearerTokenOf(id)), "a callback's token");
  const signing = await sql<{ id: string; secret: string }[]>`
    select id, unnest(array[signing_secret, previous_signing_secret]) as secret from service_callback_api`;
  for (const { id, secret } of signing) {
    if (secret !== null) add(await open(secret, signingSecretOf(id)), "a callback's signing secret");
  }
  const credentials = await sql<{ provider: string; name: string; value: string }[]>`
    select provider, name, value from provider_credentials`;
  for (const { provider, name, value } of credentials) {
    for (const text of textsIn(await open(value, credentialOf(provider, name))))
      add(text, "what we sign in with at a provider");
  }
  return secrets;
}

/** The texts within JSON, keys not. */
export function textsIn(json: string | null): string[] {
  const texts: string[] = [];
  const gather = (value: unknown): void => {
    if (typeof value === "string") texts.push(value);
    else if (Array.isArray(value)) value.forEach(gather);
    else if (isJsonObject(value)) Object.values(value).forEach(gather);
  };
  try {
    gather(json === null ? null : JSON.parse(json));
  } catch {
    // Python's JSON has more numbers than ours; tests of those hold no names.
  }
  return texts;
}

import type { Db } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import type { CallbackType } from "../service/callback-types.ts";

export interface CallbackTarget {
  id: string;
  url: string;
  /** Encrypted. */
  bearerToken: string;
}

/** Where a service wants to hear of one kind of event, or null. */
export async function findCallbackTarget(
  db: Db,
  serviceId: string,
  type: string,
): Promise<CallbackTarget | null> {
  const [row] = await db<CallbackTarget[]>`
    select id, url, bearer_token as "bearerToken" from service_callback_api
    where service_id = ${serviceId} and callback_type = ${type}`;
  return row ?? null;
}

/** What a stored token's encryption is bound to. */
export function bearerTokenOf(callbackId: string): string {
  return `service_callback_api.bearer_token:${callbackId}`;
}

export interface NewCallback {
  serviceId: string;
  type: CallbackType;
  url: string;
  bearerToken: string;
}

/** Sets where a service hears of its messages, in place of what was set before. */
export async function setCallback(
  db: Db,
  cipher: Cipher,
  { serviceId, type, url, bearerToken }: NewCallback,
): Promise<void> {
  const id = crypto.randomUUID();
  const token = await cipher.encrypt(bearerToken, bearerTokenOf(id));
  // The id is part of what the token's encryption is bound to, so it changes with the token.
  await db`
    insert into service_callback_api (id, service_id, callback_type, url, bearer_token)
    values (${id}, ${serviceId}, ${type}, ${url}, ${token})
    on conflict (service_id, callback_type) do update
      set id = excluded.id, url = excluded.url, bearer_token = excluded.bearer_token, updated_at = now()`;
}

import type { Db } from "../database.ts";
import type { KeyType } from "../service/service.ts";

/** What the encryption of an answer that is kept under an `Idempotency-Key` is bound to. */
export function keptResponseOf(serviceId: string, keyType: KeyType, key: string): string {
  return `idempotency_keys.response:${serviceId}:${keyType}:${key}`;
}

/** Deletes keys that are no longer looked up, the oldest first; answers how many there were, `limit` at most. */
export async function deleteOldKeys(db: Db, { limit }: { limit: number }): Promise<number> {
  // Those that a request replaces just now are left to it: so neither ever waits for the other in turn.
  const { count } = await db`
    delete from idempotency_keys where ctid = any (array(
      select ctid from idempotency_keys where created_at <= now() - interval '24 hours'
      order by created_at limit ${limit} for update skip locked))`;
  return count;
}

import type { Db } from "../database.ts";

/** A batch that an acknowledgement named, as it was found. */
export interface NamedBatch {
  id: string;
  name: string;
  state: "planned" | "uploading" | "placing" | "uploaded" | "acknowledged" | "abandoned";
  /** Whether a worker is sending it just now. */
  isClaimed: boolean;
}

/** The batches of these names, which are in capitals. */
export async function listNamedBatches(db: Db, names: readonly string[]): Promise<NamedBatch[]> {
  return await db<NamedBatch[]>`
    select id, name, state, coalesce(claimed_until > now(), false) as "isClaimed"
    from letter_batches where upper(name) = any(${names as string[]}) order by name`;
}

/**
 * Ends batches that were sent, by compare-and-set. One whose sender died, or has yet to note that it is done, was sent
 * too: its letters must be `sending` by now.
 */
export async function markAcknowledged(db: Db, ids: readonly string[], at: Date): Promise<number> {
  const { count } = await db`
    update letter_batches set state = 'acknowledged', acknowledged_at = ${at},
      uploaded_at = coalesce(uploaded_at, ${at}), claimed_until = null
    where id = any(${ids as string[]}::uuid[]) and state in ('uploading', 'placing', 'uploaded')`;
  return count;
}

/** The alert that batches are not. */
export const unacknowledged = "letters-unacknowledged";

/** Names of batches that were sent before an instant and that the printer has not acknowledged, oldest first. */
export async function listUnacknowledged(db: Db, sentBefore: Date): Promise<string[]> {
  const rows = await db<{ name: string }[]>`
    select name from letter_batches where state = 'uploaded' and uploaded_at < ${sentBefore}
    order by uploaded_at, name`;
  return rows.map(({ name }) => name);
}

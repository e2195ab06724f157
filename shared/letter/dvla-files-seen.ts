import type { Db } from "../database.ts";

/** A file in the folder where the printer leaves them. */
export interface SeenFile {
  name: string;
  /** Bytes. */
  size: number;
  modifiedAt: Date;
}

/**
 * Notes what is there. Answers the names that are yet to be taken in, and whether each has been the same for `seconds`:
 * what the printer may still be writing is not to be read. Of one that changed after it was taken, that begins anew.
 */
export async function noteSeen(
  db: Db,
  files: readonly SeenFile[],
  { at, seconds }: { at: Date; seconds: number },
): Promise<{ name: string; isSettled: boolean }[]> {
  const rows = files.map(({ name, size, modifiedAt }) => ({ name, size, modified: modifiedAt }));
  rows.sort((a, b) => (a.name < b.name ? -1 : 1));
  await db`
    insert into dvla_files_seen as s (name, size, modified_at, seen_at)
    select name, size, modified, ${at}
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r (name text, size bigint, modified timestamptz)
    on conflict (name) do update
      set size = excluded.size, modified_at = excluded.modified_at, seen_at = excluded.seen_at, taken = false
      where (s.size, s.modified_at) is distinct from (excluded.size, excluded.modified_at)`;
  const settledBefore = new Date(at.getTime() - seconds * 1000);
  return await db<{ name: string; isSettled: boolean }[]>`
    select name, seen_at <= ${settledBefore} as "isSettled" from dvla_files_seen
    where name = any(${rows.map(({ name }) => name)}) and not taken
    order by name`;
}

/** Notes that a file was taken in as it was seen. */
export async function markTaken(db: Db, { name, size, modifiedAt }: SeenFile): Promise<void> {
  await db`
    update dvla_files_seen set taken = true
    where name = ${name} and size = ${size} and modified_at = ${modifiedAt}`;
}

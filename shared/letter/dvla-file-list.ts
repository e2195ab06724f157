import type { Db, Pool } from "../database.ts";
import { enqueue } from "../queue/enqueue.ts";
import type { DvlaFileKind } from "./dvla-file-name.ts";
import { dvlaFileJob } from "./dvla-files.ts";

/** A file from the printer, as operators see it. */
export interface ListedDvlaFile {
  id: string;
  name: string;
  kind: DvlaFileKind;
  /** Bytes. */
  size: number;
  foundAt: Date;
  /** Null while it waits or is read. */
  processedAt: Date | null;
  /** While it is read, `lines_read`; then all that its reading came to. */
  outcome: Readonly<Record<string, unknown>> | null;
}

/** Newest first. */
export async function listDvlaFiles(
  db: Db,
  { kind, limit }: { kind: DvlaFileKind | null; limit: number },
): Promise<ListedDvlaFile[]> {
  return await db<ListedDvlaFile[]>`
    select ${columns(db)} from dvla_files ${kind === null ? db`` : db`where kind = ${kind}`}
    order by found_at desc, id limit ${limit}`;
}

/** By id, or by name whatever its case: of a name there may be several contents. Newest first. */
export async function findDvlaFiles(db: Db, nameOrId: string): Promise<ListedDvlaFile[]> {
  return await db<ListedDvlaFile[]>`
    select ${columns(db)} from dvla_files
    where upper(name) = upper(${nameOrId}) or id::text = lower(${nameOrId})
    order by found_at desc, id`;
}

function columns(db: Db) {
  return db`
    id, name, kind, size::float8 as size, found_at as "foundAt", processed_at as "processedAt", outcome`;
}

/** Has a file read again, all of it or one part; what its reading came to before stays until then. */
export async function replayDvlaFile(sql: Pool, id: string, only?: "statuses" | "counts"): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`update dvla_files set processed_at = null where id = ${id}`;
    await enqueue(tx, [dvlaFileJob(id, only)]);
  });
}

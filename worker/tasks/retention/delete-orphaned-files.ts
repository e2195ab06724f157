import { deleteOrphans } from "../../../shared/storage/orphans.ts";
import type { WorkerDeps } from "../../deps.ts";

const dayMs = 24 * 3_600_000;

/** Each look reads the keys of all files, so it is for many at once; they are some megabytes each. */
const batch = 1000;

/**
 * Deletes files in Postgres that no row names, a day after they were stored: a row may still be on its way. `check-storage`
 * has told of letters' among them days before. Files in S3 are left alone: nothing can be listed there.
 */
export async function deleteOrphanedFiles({ sql, now }: WorkerDeps, signal: AbortSignal): Promise<string> {
  const before = new Date(now().getTime() - dayMs);
  for (let deleted = 0; ; ) {
    signal.throwIfAborted();
    const count = await deleteOrphans(sql, { before, limit: batch });
    deleted += count;
    if (count < batch) return `Deleted ${deleted} files that no row names`;
  }
}

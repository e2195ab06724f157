import { deleteExpiredDocuments, listExpiredDocuments } from "../../shared/document/queries.ts";
import { documentKey } from "../../shared/document/store.ts";
import type { WorkerDeps } from "../deps.ts";

const batch = 100;

/** Deletes files sent by email whose time is over: the content first, so that none is ever left without its row. */
export async function deleteDocuments(
  { sql, storage, now }: WorkerDeps,
  signal: AbortSignal,
): Promise<string> {
  const at = now();
  let deleted = 0;
  for (;;) {
    signal.throwIfAborted();
    const ids = await listExpiredDocuments(sql, { at, limit: batch });
    await storage.delete(ids.map(documentKey), signal);
    deleted += await deleteExpiredDocuments(sql, { ids, at });
    if (ids.length < batch) return `Deleted ${deleted} expired documents`;
  }
}

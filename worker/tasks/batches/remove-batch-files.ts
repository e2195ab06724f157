import { batchKey } from "../../../shared/batch/files.ts";
import {
  deleteUploads,
  listOldBatches,
  listOldUploads,
  markArchived,
} from "../../../shared/batch/old-files.ts";
import { letterKey } from "../../../shared/letter/files.ts";
import type { Channel } from "../../../shared/notification/notification.ts";
import { deleteLetterUploads, listOldLetterUploads } from "../../../shared/upload/letter-uploads.ts";
import type { WorkerDeps } from "../../deps.ts";

/** Files, which are deleted together. */
const page = 100;

/** Removes the files of batches of texts and emails that are no longer kept, and uploads that nothing came of. */
export async function removeBatchFiles(deps: WorkerDeps, signal: AbortSignal): Promise<string> {
  const batches = await removeOf(["sms", "email"], deps, signal);
  return `Removed the files of ${batches} batches, and ${await removeUploads(deps, signal)} uploads`;
}

/** The same of letters' batches, and of letters that were uploaded and never sent. */
export async function removeLetterBatchFiles(deps: WorkerDeps, signal: AbortSignal): Promise<string> {
  const batches = await removeOf(["letter"], deps, signal);
  return `Removed the files of ${batches} batches, and ${await removeLetterUploads(deps, signal)} uploads`;
}

/** The file first, so that none is ever left that nothing names. */
async function removeOf(
  types: readonly Channel[],
  { sql, storage, now }: WorkerDeps,
  signal: AbortSignal,
): Promise<number> {
  for (let removed = 0; ; ) {
    signal.throwIfAborted();
    const batches = await listOldBatches(sql, { types, now: now(), limit: page });
    await storage.delete(
      batches.map(({ serviceId, id }) => batchKey(serviceId, id)),
      signal,
    );
    await markArchived(
      sql,
      batches.map(({ id }) => id),
    );
    removed += batches.length;
    if (batches.length < page) return removed;
  }
}

async function removeUploads({ sql, storage, now }: WorkerDeps, signal: AbortSignal): Promise<number> {
  for (let removed = 0; ; ) {
    signal.throwIfAborted();
    const uploads = await listOldUploads(sql, { now: now(), limit: page });
    const unused = uploads.filter(({ isUsed }) => !isUsed);
    await storage.delete(
      unused.map(({ serviceId, id }) => batchKey(serviceId, id)),
      signal,
    );
    await deleteUploads(
      sql,
      uploads.map(({ id }) => id),
    );
    removed += unused.length;
    if (uploads.length < page) return removed;
  }
}

async function removeLetterUploads({ sql, storage, now }: WorkerDeps, signal: AbortSignal): Promise<number> {
  for (let removed = 0; ; ) {
    signal.throwIfAborted();
    const ids = await listOldLetterUploads(sql, { now: now(), limit: page });
    await storage.delete(
      ids.map((id) => letterKey(id, "original")),
      signal,
    );
    await deleteLetterUploads(sql, ids);
    removed += ids.length;
    if (ids.length < page) return removed;
  }
}

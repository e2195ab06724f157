import { pictureKeys } from "../../../shared/letter/picture.ts";
import { deleteOldPictures, listOldPictures } from "../../../shared/letter/picture-queries.ts";
import type { WorkerDeps } from "../../deps.ts";

const keptMs = 3600 * 1000;
const batch = 50;

/**
 * Deletes pictures of letters' pages that were asked for over an hour ago: files first, so that none is ever left
 * without its row. Who still looks at them has them drawn again.
 */
export async function forgetPictures(
  { sql, storage, now }: WorkerDeps,
  signal: AbortSignal,
): Promise<string> {
  const before = new Date(now().getTime() - keptMs);
  let forgotten = 0;
  for (;;) {
    signal.throwIfAborted();
    const old = await listOldPictures(sql, { before, limit: batch });
    const keys = old.flatMap(({ id, firstPage }) => pictureKeys(id, firstPage));
    await storage.delete(keys, signal);
    forgotten += await deleteOldPictures(sql, { ids: old.map(({ id }) => id), before });
    if (old.length < batch) return `Forgot ${forgotten} sets of pictures`;
  }
}

import { setTimeout as rest } from "node:timers/promises";
import { letterKey } from "../../../shared/letter/files.ts";
import { forgetDeleted } from "../../../shared/notification/search-blocks.ts";
import type { Payload } from "../../../shared/queue/jobs.ts";
import { findOld, moveToHistory, type Position } from "../../../shared/retention/delete.ts";
import type { WorkerDeps } from "../../deps.ts";

/** Rows that one statement looks at: it is over before anybody who waits for a row of its would mind. */
const batch = 1000;
/** For so many times as long as a batch took, the database is left to those who send. */
const restShare = 2;
/** PDFs that are deleted at once. */
const files = 200;

/**
 * Deletes what one service no longer keeps, oldest first, in batches of a commit each: what a run leaves, the next finds.
 * Of letters the PDFs go first, so that none is left that nothing leads to.
 */
export async function deleteNotifications(
  { serviceId, since }: Payload<"delete-notifications">,
  { sql, storage, now, log }: WorkerDeps,
  signal: AbortSignal,
): Promise<void> {
  const kept = {
    sms: new Date(since.sms),
    email: new Date(since.email),
    letter: new Date(since.letter),
  };
  const total = { deleted: 0, kept: 0 };
  let after: Position | null = null;
  do {
    signal.throwIfAborted();
    const startedAt = performance.now();
    const look = await findOld(sql, { serviceId, since: kept, after, limit: batch, now: now() });
    const keys = look.letterIds.flatMap((id) => [letterKey(id, "original"), letterKey(id, "letter")]);
    for (let at = 0; at < keys.length; at += files) {
      await storage.delete(keys.slice(at, at + files), signal);
    }
    if (look.ids.length > 0) {
      const moved = await moveToHistory(sql, look.ids, now());
      total.deleted += moved.deleted;
      total.kept += moved.kept;
    }
    after = look.next;
    if (after !== null) await rest(restShare * (performance.now() - startedAt), undefined, { signal });
  } while (after !== null);
  const before = new Date(Math.max(kept.sms.getTime(), kept.email.getTime(), kept.letter.getTime()));
  await forgetDeleted(sql, { serviceId, before, now: now(), signal });
  log.info({ serviceId, deleted: total.deleted, history: total.kept }, "Deleted old notifications");
}

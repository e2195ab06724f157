import { keptSince } from "../../../shared/retention/days.ts";
import { deleteOldTexts } from "../../../shared/retention/inbound.ts";
import { deleteOldHistory } from "../../../shared/retention/old-history.ts";
import {
  deleteOldAudit,
  deleteOldEvents,
  deleteOldLinkTests,
  deleteOldReplays,
} from "../../../shared/retention/records.ts";
import { archiveRequests, requestDays } from "../../../shared/retention/unsubscribe.ts";
import { deleteOldSessions } from "../../../shared/session/queries.ts";
import type { WorkerDeps } from "../../deps.ts";
import { inBatches } from "./in-batches.ts";

/** Deletes texts that people sent to services (`spec/data-model.md` 9). */
export async function deleteInboundTexts({ sql, now }: WorkerDeps, signal: AbortSignal): Promise<string> {
  const at = now();
  const deleted = await inBatches(signal, (limit) => deleteOldTexts(sql, { now: at, limit }));
  return `Deleted ${deleted} old received texts`;
}

/** Forgets who asked for no more emails, long after their service could read it. */
export async function archiveUnsubscribeRequests(
  { sql, now }: WorkerDeps,
  signal: AbortSignal,
): Promise<string> {
  const madeBefore = keptSince(now(), requestDays);
  const archived = await inBatches(signal, (limit) => archiveRequests(sql, { madeBefore, limit }));
  return `Archived ${archived} old unsubscribe requests`;
}

/** Deletes what is left of notifications, where an operator has said for how long. */
export async function deleteHistory(
  { sql, now, retention: { historyDays } }: WorkerDeps,
  signal: AbortSignal,
): Promise<string> {
  if (historyDays === null) return "History is kept for ever";
  const madeBefore = keptSince(now(), historyDays);
  const deleted = await inBatches(signal, (limit) => deleteOldHistory(sql, { madeBefore, limit }));
  return `Deleted ${deleted} of the history`;
}

/** Deletes what people did more than 52 weeks ago, which is Notify's measure. */
export async function deleteEvents({ sql, now }: WorkerDeps, signal: AbortSignal): Promise<string> {
  const at = now();
  const deleted = await inBatches(signal, (limit) => deleteOldEvents(sql, { at, days: 52 * 7, limit }));
  return `Deleted ${deleted} old events`;
}

/** How long what only operators look at is kept. */
const recordDays = 90;

/** How long it can be asked who changed what. */
const auditDays = 2 * 365;

const records = [
  { name: "replays", days: recordDays, deleteSome: deleteOldReplays },
  { name: "link tests", days: recordDays, deleteSome: deleteOldLinkTests },
  { name: "entries of the audit", days: auditDays, deleteSome: deleteOldAudit },
] as const;

/** Deletes what no other task does and would never end. */
export async function deleteOldRecords(
  { sql, now, sessionLife: life }: WorkerDeps,
  signal: AbortSignal,
): Promise<string> {
  const at = now();
  const said: string[] = [];
  for (const { name, days, deleteSome } of records) {
    const deleted = await inBatches(signal, (limit) => deleteSome(sql, { at, days, limit }));
    said.push(`${deleted} ${name}`);
  }
  said.push(`${await deleteOldSessions(sql, { at, life })} sessions`);
  return `Deleted ${said.join(", ")}`;
}

import * as v from "valibot";
import type { Db } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import { type NewJob, toRow } from "../queue/enqueue.ts";
import { type CallbackType, callbackTypes } from "../service/callback-types.ts";
import type { CallbackKey } from "./queries.ts";

/** What became of a sample that was sent to see whether a callback works. */
const TrialResult = v.object({
  sentAt: v.string(),
  outcome: v.string(),
  status: v.nullable(v.number()),
  /** A short kind of error, and the same in words. */
  error: v.nullable(v.string()),
  reason: v.nullable(v.string()),
  durationMs: v.number(),
  /** Which address was called. */
  address: v.nullable(v.string()),
  /** How the answer began. */
  excerpt: v.string(),
  url: v.string(),
  /** The bearer token left out. */
  headers: v.record(v.string(), v.string()),
  body: v.string(),
  /** What the signatures sign; null where the callback has no secret yet. */
  signatureBase: v.nullable(v.string()),
});

export type TrialResult = v.InferOutput<typeof TrialResult>;

export interface Trial {
  id: string;
  requestedAt: Date;
  /** Null until a worker has sent the sample. */
  result: TrialResult | null;
}

/** What a stored result's encryption is bound to. */
export function trialResultOf(trialId: string): string {
  return `callback_tests.result:${trialId}`;
}

const keptMs = 24 * 3600 * 1000;

/**
 * Asks the workers to send a sample to a callback now, suspended or not. False where there is no such callback. Forgets
 * what was asked for over a day ago.
 */
export async function requestTrial(
  db: Db,
  { serviceId, id, type }: CallbackKey,
  trialId: string,
  at: Date,
): Promise<boolean> {
  const job: NewJob<"callback-tests"> = { name: "callback-tests", data: { trialId }, groupId: serviceId };
  const rows = await db`
    with forgotten as (
      delete from callback_tests where requested_at < ${new Date(at.getTime() - keptMs)}
    ), asked as (
      insert into callback_tests (id, callback_id, requested_at)
      select ${trialId}::uuid, id, ${at} from service_callback_api
      where id = ${id} and service_id = ${serviceId} and callback_type = ${type}
      returning id
    )
    select enqueue_jobs(${JSON.stringify([toRow(job)])}::text::json) from asked`;
  return rows.length === 1;
}

/** Null where there is no such trial of that callback, or it was forgotten. */
export async function findTrial(
  db: Db,
  cipher: Cipher,
  { serviceId, id, type }: CallbackKey,
  trialId: string,
): Promise<Trial | null> {
  const [row] = await db<{ requestedAt: Date; result: string | null }[]>`
    select t.requested_at as "requestedAt", t.result
    from callback_tests t join service_callback_api c on c.id = t.callback_id
    where t.id = ${trialId} and c.id = ${id} and c.service_id = ${serviceId} and c.callback_type = ${type}`;
  if (!row) return null;
  const { requestedAt, result } = row;
  return { id: trialId, requestedAt, result: result === null ? null : await open(cipher, trialId, result) };
}

async function open(cipher: Cipher, trialId: string, sealed: string): Promise<TrialResult> {
  return v.parse(TrialResult, JSON.parse(await cipher.decrypt(sealed, trialResultOf(trialId))));
}

/** Whose callback a trial is of. Null where it was sent already, or the callback was removed. */
export async function findWaitingTrial(
  db: Db,
  trialId: string,
): Promise<{ serviceId: string; type: CallbackType } | null> {
  const [row] = await db`
    select c.service_id as "serviceId", c.callback_type as type
    from callback_tests t join service_callback_api c on c.id = t.callback_id
    where t.id = ${trialId} and t.result is null`;
  return row ? v.parse(Waiting, row) : null;
}

const Waiting = v.object({ serviceId: v.string(), type: v.picklist(callbackTypes) });

/** Notes what became of it: the first to do so counts. */
export async function storeTrialResult(
  db: Db,
  cipher: Cipher,
  trialId: string,
  result: TrialResult,
): Promise<void> {
  const sealed = await cipher.encrypt(JSON.stringify(result), trialResultOf(trialId));
  await db`update callback_tests set result = ${sealed} where id = ${trialId} and result is null`;
}

import type { Db } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import { type NewJob, toRow } from "../queue/enqueue.ts";
import type { Payload } from "../queue/jobs.ts";

/**
 * How an attempt ended. `failed`: another follows; `exhausted`: none is left; `refused`: none could help; `suspended`:
 * the receiver was not asked, because the callback is suspended. All but `failed` end the event.
 */
export const attemptOutcomes = ["delivered", "failed", "exhausted", "refused", "suspended"] as const;

export type AttemptOutcome = (typeof attemptOutcomes)[number];

/** How long attempts are kept, and so how long something can be told again. */
export const attemptDays = 7;

/** One attempt at telling a service something. */
export interface CallbackAttempt {
  type: string;
  /** 1 for the first. */
  attempt: number;
  /** When it began. */
  at: Date;
  outcome: AttemptOutcome;
  /** What the receiver answered; null where no answer came. */
  status: number | null;
  /** A short kind, `timeout` say, where none came. */
  error: string | null;
  /** What was dialled; null where nothing was. */
  address: string | null;
  durationMs: number;
  /** In words, where it was not delivered. */
  detail: string | null;
  /** Where somebody had it told again. */
  replayId: string | null;
}

export interface NewCallbackAttempt extends CallbackAttempt {
  serviceId: string;
  /** What the service was told of: a notification, say. */
  subjectId: string;
  /** How the answer began, encrypted. */
  excerpt: string | null;
  /** As in the job; kept where the attempt ends the event, for a replay. */
  body: string;
  /** The attempt that follows, queued with the record or not at all. */
  next: NewJob<"service-callbacks-retry"> | null;
}

/** What came of asking a receiver, or of not asking it. */
export interface Told {
  at: Date;
  outcome: AttemptOutcome;
  status: number | null;
  error: string | null;
  address: string | null;
  durationMs: number;
  /** In words, where it was not delivered. */
  reason: string | null;
  /** How the answer began, as it came: nothing in it is trusted. */
  excerpt: string;
}

/** The record of an attempt that a job made; `next` is left for whoever decides on it. */
export async function newAttempt(
  { type, serviceId, subjectId, attempt, body, replayId }: Payload<"service-callbacks">,
  { reason, excerpt, ...told }: Told,
  cipher: Cipher,
): Promise<NewCallbackAttempt> {
  const row = { type, subjectId, attempt, at: told.at };
  const sealed =
    excerpt === "" ? null : await cipher.encrypt(excerpt.slice(0, longestExcerpt), excerptOf(row));
  const detail = reason === null ? null : lineOf(reason);
  return {
    ...row,
    ...told,
    serviceId,
    detail,
    replayId: replayId ?? null,
    excerpt: sealed,
    body,
    next: null,
  };
}

/** What is kept of an answer and of what is said of it, in characters. */
const longestExcerpt = 1024;
const longestDetail = 200;

/** What others say, on one line, without what Postgres cannot hold. */
function lineOf(text: string): string {
  const start = text.slice(0, 2 * longestDetail).replace(/[\s\p{Cc}]+/gu, " ");
  return start.trim().slice(0, longestDetail).toWellFormed();
}

/** What a stored excerpt's encryption is bound to: what its row says of itself. */
export function excerptOf(row: { type: string; subjectId: string; attempt: number; at: Date }): string {
  return `callback_attempts.excerpt:${row.type}:${row.subjectId}:${row.attempt}:${row.at.toISOString()}`;
}

/** Records attempts and queues those that follow, in one statement. */
export async function recordCallbackAttempts(db: Db, attempts: readonly NewCallbackAttempt[]): Promise<void> {
  const rows = attempts.map(({ durationMs, body, next, ...rest }) => ({
    ...rest,
    durationMs: Math.round(durationMs),
    body: rest.outcome === "failed" ? null : body,
  }));
  const jobs = attempts.flatMap(({ next }) => (next ? [toRow(next)] : []));
  await db`
    with recorded as (
      insert into callback_attempts (service_id, type, subject_id, attempt, at, outcome, status, error, address,
        duration_ms, detail, excerpt, body, replay_id)
      select "serviceId", type, "subjectId", attempt, at, outcome, status, error, address, "durationMs", detail,
        excerpt, body, "replayId"
      from json_to_recordset(${JSON.stringify(rows)}::text::json) as a ("serviceId" uuid, type text,
        "subjectId" uuid, attempt integer, at timestamptz, outcome text, status integer, error text, address text,
        "durationMs" integer, detail text, excerpt text, body text, "replayId" uuid)
    )
    select ${jobs.length > 0 ? db`enqueue_jobs(${JSON.stringify(jobs)}::text::json)` : db``}`;
}

/** What a service was told of something, in the order it was recorded. */
export async function listCallbackAttempts(db: Db, subjectId: string): Promise<CallbackAttempt[]> {
  return await db<CallbackAttempt[]>`
    select ${attemptColumns(db)} from callback_attempts a where subject_id = ${subjectId} order by id`;
}

/** The columns of a `CallbackAttempt`, of callback_attempts `a`. */
export function attemptColumns(db: Db) {
  return db`a.type, a.attempt, a.at, a.outcome, a.status, a.error, a.address, a.duration_ms as "durationMs", a.detail,
    a.replay_id as "replayId"`;
}

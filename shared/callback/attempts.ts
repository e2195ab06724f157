import type { Db } from "../database.ts";
import { type NewJob, toRow } from "../queue/enqueue.ts";

/** One attempt at telling a service something. */
export interface CallbackAttempt {
  type: string;
  /** 1 for the first. */
  attempt: number;
  /** When it began. */
  at: Date;
  /** `failed`: another attempt follows; `exhausted`: none is left; `refused`: none could help. */
  outcome: "delivered" | "failed" | "exhausted" | "refused";
  /** What the receiver answered; null where no answer came. */
  status: number | null;
  durationMs: number;
  /** In words, where it was not delivered. */
  detail: string | null;
}

export interface NewCallbackAttempt extends CallbackAttempt {
  serviceId: string;
  /** What the service was told of: a notification, say. */
  subjectId: string;
  /** The attempt that follows, queued with the record or not at all. */
  next: NewJob<"service-callbacks-retry"> | null;
}

/** Records attempts and queues those that follow, in one statement. */
export async function recordCallbackAttempts(db: Db, attempts: readonly NewCallbackAttempt[]): Promise<void> {
  const rows = attempts.map(({ serviceId, subjectId, durationMs, next, ...rest }) => ({
    ...rest,
    service_id: serviceId,
    subject_id: subjectId,
    duration_ms: Math.round(durationMs),
  }));
  const jobs = attempts.flatMap(({ next }) => (next ? [toRow(next)] : []));
  await db`
    with recorded as (
      insert into callback_attempts (service_id, type, subject_id, attempt, at, outcome, status, duration_ms, detail)
      select service_id, type, subject_id, attempt, at, outcome, status, duration_ms, detail
      from json_to_recordset(${JSON.stringify(rows)}::text::json) as a (service_id uuid, type text, subject_id uuid,
        attempt integer, at timestamptz, outcome text, status integer, duration_ms integer, detail text)
    )
    select ${jobs.length > 0 ? db`enqueue_jobs(${JSON.stringify(jobs)}::text::json)` : db``}`;
}

/** What a service was told of something, in the order it was recorded. */
export async function listCallbackAttempts(db: Db, subjectId: string): Promise<CallbackAttempt[]> {
  return await db<CallbackAttempt[]>`
    select type, attempt, at, outcome, status, duration_ms as "durationMs", detail from callback_attempts
    where subject_id = ${subjectId} order by id`;
}

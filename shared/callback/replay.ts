import type { Db } from "../database.ts";
import { derivedId } from "../queue/derived-id.ts";
import { type NewJob, toRow } from "../queue/enqueue.ts";
import type { CallbackType } from "../service/callback-types.ts";
import { toTimestamp } from "../time/timestamp.ts";
import { type AttemptOutcome, attemptDays } from "./attempts.ts";

/** How what is told again had ended; `undelivered`: in any way but well. */
export const replayOutcomes = [
  "undelivered",
  "exhausted",
  "refused",
  "suspended",
  "delivered",
  "any",
] as const;

export type ReplayOutcome = (typeof replayOutcomes)[number];

/** What somebody had told again, and how far that is. */
export interface Replay {
  id: string;
  serviceId: string;
  /** Null: of any type. */
  type: CallbackType | null;
  /** Null: of anything. */
  subjectId: string | null;
  outcome: ReplayOutcome;
  /** Which had ended from then on, up to when it was asked for. */
  since: Date;
  createdAt: Date;
  /** `stopped`: its callback was suspended or removed meanwhile. */
  state: "running" | "done" | "cancelled" | "stopped";
  endedAt: Date | null;
  /** Found and queued so far. */
  queued: number;
  /** Of these: taken by the receiver, and given up. The rest waits or is being retried. */
  delivered: number;
  undelivered: number;
}

/** One thing to tell again. */
export interface EndedEvent {
  /** Of the attempt that ended it. */
  attemptId: string;
  type: CallbackType;
  subjectId: string;
  /** Encrypted. */
  body: string;
}

export type ReplayRequest = { serviceId: string } & (
  | { type: CallbackType; subjectId: string }
  | { type: CallbackType | null; outcome: ReplayOutcome; since: Date }
);

/** `fault`: why not, and what to do about it. */
export type Started = { ok: true; replay: Replay } | { ok: false; fault: string };

/** Has one thing told again, or begins to have told what ended since a time. */
export async function startReplay(
  db: Db,
  request: ReplayRequest,
  { id, at }: { id: string; at: Date },
): Promise<Started> {
  const { serviceId, type } = request;
  const fault = targetFault(await findTargets(db, serviceId, type), type);
  if (fault !== null) return { ok: false, fault };
  if ("subjectId" in request) {
    const ended = await findEnded(db, request);
    if (typeof ended === "string") return { ok: false, fault: ended };
    const job = await replayJob(ended, { id, serviceId });
    await db`
      with made as (
        insert into callback_replays (id, service_id, callback_type, subject_id, outcome, since, created_at, state,
          ended_at, position_at, queued)
        values (${id}, ${serviceId}, ${type}, ${request.subjectId}, 'any', ${at}, ${at}, 'done', ${at}, ${at}, 1)
        returning id
      )
      select enqueue_jobs(${JSON.stringify([toRow(job)])}::text::json) from made`;
  } else {
    const { outcome, since } = request;
    const job: NewJob = { name: "callback-replays", id, data: { replayId: id }, groupId: serviceId };
    const made = await db`
      with made as (
        insert into callback_replays (id, service_id, callback_type, outcome, since, created_at, position_at)
        values (${id}, ${serviceId}, ${type}, ${outcome}, ${since}, ${at}, ${since})
        on conflict (service_id) where state = 'running' do nothing
        returning id
      )
      select enqueue_jobs(${JSON.stringify([toRow(job)])}::text::json) from made`;
    if (made.length === 0) return { ok: false, fault: runningFault };
  }
  const replay = await findReplay(db, serviceId, id);
  if (!replay) throw new Error(`Cannot find the replay ${id}, which was just made`);
  return { ok: true, replay };
}

const runningFault = "A replay of this service is still running: wait until it has ended, or cancel it";

interface Target {
  type: CallbackType;
  suspendedAt: Date | null;
}

async function findTargets(db: Db, serviceId: string, type: CallbackType | null): Promise<Target[]> {
  return await db<Target[]>`
    select callback_type as type, suspended_at as "suspendedAt" from service_callback_api
    where service_id = ${serviceId} ${type === null ? db`` : db`and callback_type = ${type}`}
    order by callback_type`;
}

function targetFault(targets: readonly Target[], type: CallbackType | null): string | null {
  if (targets.length === 0) {
    return `The service has no ${type === null ? "callback" : `${type} callback`}: set one first`;
  }
  const suspended = targets.find(({ suspendedAt }) => suspendedAt !== null);
  if (!suspended?.suspendedAt) return null;
  const which = `The service's ${suspended.type} callback is suspended since ${toTimestamp(suspended.suspendedAt)}`;
  const other = type === null && targets.length > 1 ? ", or replay another type alone" : "";
  return `${which}: resume it first${other}`;
}

/** The event as its last attempt left it, or why it cannot be told again. */
async function findEnded(
  db: Db,
  { serviceId, type, subjectId }: { serviceId: string; type: CallbackType; subjectId: string },
): Promise<EndedEvent | string> {
  const [last] = await db<{ id: string; outcome: AttemptOutcome; body: string | null }[]>`
    select id, outcome, body from callback_attempts
    where subject_id = ${subjectId} and type = ${type} and service_id = ${serviceId}
    order by id desc limit 1`;
  if (!last)
    return `There is no attempt at telling this service of ${subjectId} (${type}): look for it among its attempts, which are kept for ${attemptDays} days`;
  if (last.outcome === "failed")
    return `${subjectId} (${type}) is still being retried: wait until that has ended`;
  if (last.body === null)
    return `What the service was told of ${subjectId} (${type}) was not kept: an older version told it`;
  return { attemptId: last.id, type, subjectId, body: last.body };
}

/** The job that tells one thing again, once however often it is made before an attempt is. */
export async function replayJob(
  { attemptId, type, subjectId, body }: EndedEvent,
  replay: { id: string; serviceId: string },
): Promise<NewJob<"service-callbacks-replay">> {
  const { id: replayId, serviceId } = replay;
  return {
    name: "service-callbacks-replay",
    id: await derivedId(`callback replay of ${subjectId}:${attemptId}`),
    data: { v: 1, type, serviceId, subjectId, attempt: 1, body, replayId },
    groupId: serviceId,
  };
}

/** Newest first. */
export async function listReplays(db: Db, serviceId: string, limit: number): Promise<Replay[]> {
  return await db<Replay[]>`
    ${replays(db)} where r.service_id = ${serviceId} order by r.created_at desc, r.id limit ${limit}`;
}

/** Null where the service has no such replay. */
export async function findReplay(db: Db, serviceId: string, id: string): Promise<Replay | null> {
  const [replay] = await db<Replay[]>`${replays(db)} where r.id = ${id} and r.service_id = ${serviceId}`;
  return replay ?? null;
}

function replays(db: Db) {
  return db`
    select r.id, r.service_id as "serviceId", r.callback_type as type, r.subject_id as "subjectId", r.outcome, r.since,
      r.created_at as "createdAt", r.state, r.ended_at as "endedAt", r.queued, t.delivered, t.undelivered
    from callback_replays r cross join lateral (
      select count(*) filter (where a.outcome = 'delivered')::int as delivered,
        count(*) filter (where a.outcome not in ('delivered', 'failed'))::int as undelivered
      from callback_attempts a where a.replay_id = r.id
    ) t`;
}

/**
 * Ends a running replay: what it queued and nobody began on is dropped; what a receiver failed to take goes on being
 * tried. False where the service has no such replay that runs.
 */
export async function cancelReplay(
  db: Db,
  { serviceId, id }: { serviceId: string; id: string },
  at: Date,
): Promise<boolean> {
  const cancelled = await db`
    update callback_replays set state = 'cancelled', ended_at = ${at}
    where id = ${id} and service_id = ${serviceId} and state = 'running'
    returning id`;
  if (cancelled.length === 0) return false;
  // A statement of its own, so that it sees all that was queued: nothing more is.
  await db`
    delete from pgboss.job
    where name = 'service-callbacks-replay' and group_id = ${serviceId} and state < 'active'
      and data->>'replayId' = ${id}`;
  return true;
}

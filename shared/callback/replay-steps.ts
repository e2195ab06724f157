import type { Db } from "../database.ts";
import { toRow } from "../queue/enqueue.ts";
import type { CallbackType } from "../service/callback-types.ts";
import { type EndedEvent, type ReplayOutcome, replayJob } from "./replay.ts";

/** What a running replay goes on by. */
export interface RunningReplay {
  id: string;
  serviceId: string;
  type: CallbackType | null;
  outcome: ReplayOutcome;
  since: Date;
  createdAt: Date;
  position: Position;
  /** What waits of this service to be told again; not counted past `mostWaiting`. */
  waiting: number;
  /** Whether all that it is about can be told now. */
  isOpen: boolean;
}

/** The last attempt that was looked at; its time as Postgres writes it, which is finer than a Date. */
export interface Position {
  at: string;
  id: string;
}

/** More is not queued until some of it was taken. */
export const mostWaiting = 500;

/** Null where it does not run any more. */
export async function findRunning(db: Db, id: string): Promise<RunningReplay | null> {
  const [row] = await db<(Omit<RunningReplay, "position"> & { positionAt: string; positionId: string })[]>`
    select r.id, r.service_id as "serviceId", r.callback_type as type, r.outcome, r.since,
      r.created_at as "createdAt", r.position_at::text as "positionAt", r.position_id as "positionId",
      (select count(*)::int from (
        select from pgboss.job j where j.name = 'service-callbacks-replay' and j.group_id = r.service_id::text
          and j.state < 'active' and not j.blocked
        limit ${mostWaiting}) as waiting) as waiting,
      coalesce((
        select bool_and(c.suspended_at is null) from service_callback_api c
        where c.service_id = r.service_id and (r.callback_type is null or c.callback_type = r.callback_type)
      ), false) as "isOpen"
    from callback_replays r where r.id = ${id} and r.state = 'running'`;
  if (!row) return null;
  const { positionAt, positionId, ...replay } = row;
  return { ...replay, position: { at: positionAt, id: positionId } };
}

export interface Found {
  events: EndedEvent[];
  /** How far was looked. */
  to: Position;
  isLast: boolean;
}

/** How many attempts are looked at in one step, whether they are asked for or not. */
const mostLooked = 5000;

type FoundRow = Position & { looked: number } & (
    | ({ eventAt: string } & EndedEvent)
    | ({ eventAt: null } & Record<keyof EndedEvent, null>)
  );

/**
 * The next events of a replay, up to `limit`: what had ended as it asks, and of which nothing was tried since. What has
 * no end yet is left to its retries.
 */
export async function findEvents(db: Db, replay: RunningReplay, limit: number): Promise<Found> {
  const { serviceId, type, outcome, since, createdAt, position } = replay;
  const any = outcome === "any" || outcome === "undelivered";
  const rows = await db<FoundRow[]>`
    with looked as materialized (
      select a.id, a.at, a.type, a.subject_id, a.outcome from callback_attempts a
      where a.service_id = ${serviceId} and a.at >= ${since} and a.at <= ${createdAt}
        and (a.at, a.id) > (${position.at}::timestamptz, ${position.id}::bigint)
        -- In these words there is an index of it.
        ${outcome === "any" || outcome === "delivered" ? db`` : db`and a.outcome <> 'delivered'`}
      order by a.at, a.id limit ${mostLooked}
    ), wanted as (
      select l.id, l.at, l.type, l.subject_id, e.body
      from looked l join callback_attempts e on e.subject_id = l.subject_id and e.id = l.id
      where l.outcome <> 'failed' and e.body is not null
        ${any ? db`` : db`and l.outcome = ${outcome}`} ${type === null ? db`` : db`and l.type = ${type}`}
        and not exists (select from callback_attempts later
          where later.subject_id = l.subject_id and later.type = l.type and later.id > l.id)
      order by l.at, l.id limit ${limit}
    ), furthest as (
      select at, id, count(*) over ()::int as looked from looked order by at desc, id desc limit 1
    )
    select f.at::text, f.id, f.looked, w.at::text as "eventAt", w.id as "attemptId", w.type,
      w.subject_id as "subjectId", w.body
    from furthest f left join wanted w on true
    order by w.at, w.id`;
  const events = rows.flatMap((row) => (row.eventAt === null ? [] : [row]));
  const [furthest] = rows;
  const last = events.at(-1);
  if (last && events.length === limit) {
    return { events, to: { at: last.eventAt, id: last.attemptId }, isLast: false };
  }
  const isLast = (furthest?.looked ?? 0) < mostLooked;
  return { events, to: furthest ? { at: furthest.at, id: furthest.id } : position, isLast };
}

/**
 * Queues what was found and notes how far the replay is, in one statement. False where it does not run any more, or
 * somebody else has gone on with it meanwhile.
 */
export async function advance(
  db: Db,
  { id, serviceId, position }: RunningReplay,
  { events, to, isLast }: Found,
  at: Date,
): Promise<boolean> {
  const jobs = await Promise.all(events.map((event) => replayJob(event, { id, serviceId })));
  const moved = await db`
    with moved as (
      update callback_replays set position_at = ${to.at}::timestamptz, position_id = ${to.id}::bigint,
        queued = queued + ${events.length}, state = ${isLast ? "done" : "running"}, ended_at = ${isLast ? at : null}
      where id = ${id} and state = 'running'
        and (position_at, position_id) = (${position.at}::timestamptz, ${position.id}::bigint)
      returning id
    )
    select enqueue_jobs(${JSON.stringify(jobs.map(toRow))}::text::json) from moved`;
  return moved.length === 1;
}

/** Ends it before all was told. */
export async function stopReplay(db: Db, id: string, at: Date): Promise<void> {
  await db`
    update callback_replays set state = 'stopped', ended_at = ${at} where id = ${id} and state = 'running'`;
}

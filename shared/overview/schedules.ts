import type { Db } from "../database.ts";

/** When a scheduled task was last due and is due next, as a worker reckons. */
export interface NotedTimes {
  task: string;
  cron: string;
  /** Null where it never was, as far back as was looked. */
  lastDueAt: Date | null;
  nextDueAt: Date;
}

/** Tasks that no worker has named for so long are no more. */
const forgottenAfterMs = 60 * 60_000;

/** Keeps them in place of those noted before. */
export async function noteScheduleTimes(db: Db, times: readonly NotedTimes[], at: Date): Promise<void> {
  await db`
    insert into schedules as s (task, cron, last_due_at, next_due_at, known_since, noted_at)
    select t.task, t.cron, t."lastDueAt", t."nextDueAt", ${at}, ${at}
    from json_to_recordset(${JSON.stringify(times)}::text::json)
      as t (task text, cron text, "lastDueAt" timestamptz, "nextDueAt" timestamptz)
    order by t.task
    on conflict (task) do update set cron = excluded.cron, last_due_at = excluded.last_due_at,
      next_due_at = excluded.next_due_at, noted_at = excluded.noted_at
      where s.noted_at <= excluded.noted_at`;
  await db`delete from schedules where noted_at < ${new Date(at.getTime() - forgottenAfterMs)}`;
}

/** A scheduled task, when it is due next, and how its last run went. */
export interface ScheduleTimes {
  task: string;
  /** UTC. Not each of its times need count. */
  cron: string;
  nextAt: Date;
  /** Of the last run that was queued; the others are of that one, and null as long as it did not come to that. */
  lastDueAt: Date | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  outcome: "done" | "failed" | null;
  /** What it said at its end. */
  detail: string | null;
}

/** By name; empty as long as no worker has run. */
export async function listScheduleTimes(db: Db): Promise<ScheduleTimes[]> {
  return await db<ScheduleTimes[]>`
    select s.task, s.cron, s.next_due_at as "nextAt", r.due_at as "lastDueAt", r.started_at as "startedAt",
      r.finished_at as "finishedAt", r.outcome, r.detail
    from schedules s left join lateral (
      select * from task_runs t where t.task = s.task order by t.due_at desc limit 1
    ) r on true
    order by s.task`;
}

/** A task that did not run when it should have. */
export interface LateSchedule {
  task: string;
  dueAt: Date;
  /**
   * missed: its time made no job. waiting: its job has not begun. running: it began, and has taken too long. failed: its
   * last attempt did.
   */
  state: "missed" | "waiting" | "running" | "failed";
}

/** How long after its time a task may begin, and how long it may take. */
const startMinutes = 2;
const runMinutes = 15;

/** The longest late first. */
export async function readLateSchedules(db: Db, at: Date): Promise<LateSchedule[]> {
  const before = (minutes: number) => db`${at}::timestamptz - ${minutes} * interval '1 minute'`;
  return await db<LateSchedule[]>`
    with judged as (
      select s.task, coalesce(open.due_at, ended.due_at) as run_due_at, d.due_at,
        case
          when open.started_at is null and open.due_at < ${before(startMinutes)} then 'waiting'
          when open.started_at < ${before(runMinutes)} then 'running'
          when open.due_at is null and coalesce(ended.due_at, '-infinity') < d.due_at
            and d.due_at < ${before(startMinutes)} and d.due_at >= s.known_since then 'missed'
          when ended.outcome = 'failed' then 'failed'
        end as state
      from schedules s
        -- Once nobody notes times any more, the next one is the one that was not kept.
        cross join lateral (
          select case when s.next_due_at < ${before(startMinutes)} then s.next_due_at else s.last_due_at end as due_at
        ) d
        left join lateral (
          select * from task_runs t where t.task = s.task and t.outcome is not null order by t.due_at desc limit 1
        ) ended on true
        -- What began before it and never ended is made up for.
        left join lateral (
          select * from task_runs t
          where t.task = s.task and t.outcome is null and t.due_at > coalesce(ended.due_at, '-infinity')
          order by t.due_at limit 1
        ) open on true
    )
    select task, case state when 'missed' then due_at else run_due_at end as "dueAt", state
    from judged where state is not null order by 2, 1`;
}

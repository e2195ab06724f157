import type { Db } from "../database.ts";
import { type NewJob, toRow } from "../queue/enqueue.ts";

/** One evening's printing, or one that somebody asked for. */
export interface PrintRun {
  id: string;
  /** As `2026-11-21`: the London day whose 17:30 is its deadline, or comes next after it. */
  printDate: string;
  /** Letters made before it are printed. */
  deadline: Date;
  kind: "scheduled" | "manual";
  /** Why somebody asked for it, or why it was abandoned. */
  reason: string | null;
  /** `planning`: its batches are being chosen. `planned`: all are, and each has a job. */
  status: "planning" | "planned" | "abandoned";
  createdAt: Date;
  plannedAt: Date | null;
}

export interface NewPrintRun {
  id: string;
  printDate: string;
  deadline: Date;
  kind: "scheduled" | "manual";
  reason: string | null;
  at: Date;
}

/** Any UUID: as these jobs are all of one group, one runs at a time over all workers. */
const collatingGroup = "3c1d0c42-5a0e-4a52-8d0a-6f6e2b3b7c01";
const uploadingGroup = "3c1d0c42-5a0e-4a52-8d0a-6f6e2b3b7c02";

/**
 * Stores a run and queues its planning, in one statement. False where the print date has its scheduled run already: two
 * workers, or one that ran twice, make one.
 */
export async function startPrintRun(
  db: Db,
  { id, printDate, deadline, kind, reason, at }: NewPrintRun,
): Promise<boolean> {
  const [row] = await db<{ started: boolean }[]>`
    with run as (
      insert into print_runs (id, print_date, deadline, kind, reason, created_at)
      values (${id}, ${printDate}, ${deadline}, ${kind}, ${reason}, ${at})
      on conflict (print_date) where kind = 'scheduled' do nothing
      returning id
    ), queued as (
      select enqueue_jobs(${JSON.stringify([toRow(collatingJob(id))])}::text::json) from run
    )
    select exists (select from queued) as started`;
  return row?.started ?? false;
}

/** The job that plans a run. */
export function collatingJob(runId: string): NewJob<"collate-letters"> {
  return { name: "collate-letters", data: { runId }, groupId: collatingGroup };
}

/** The job that sends a batch. */
export function uploadingJob(batchId: string): NewJob<"upload-letter-batch"> {
  return { name: "upload-letter-batch", data: { batchId }, groupId: uploadingGroup };
}

/** The columns of a `PrintRun`. */
function printRunColumns(db: Db) {
  return db`id, print_date::text as "printDate", deadline, kind, reason, status, created_at as "createdAt",
    planned_at as "plannedAt"`;
}

/** Null where there is none. */
export async function findPrintRun(db: Db, id: string): Promise<PrintRun | null> {
  const [row] = await db<PrintRun[]>`select ${printRunColumns(db)} from print_runs where id = ${id}`;
  return row ?? null;
}

/** The scheduled run of a print date; null where there is none. */
export async function findScheduledRun(db: Db, printDate: string): Promise<PrintRun | null> {
  const [row] = await db<PrintRun[]>`
    select ${printRunColumns(db)} from print_runs where print_date = ${printDate} and kind = 'scheduled'`;
  return row ?? null;
}

/**
 * Ends the planning of a run and queues the upload of each of its batches, in one statement: nothing is sent before all
 * is planned. Answers how many batches there are, or null where the run was not being planned any more.
 */
export async function markPlanned(db: Db, runId: string, at: Date): Promise<number | null> {
  const [row] = await db<{ batches: number }[]>`
    with planned as (
      update print_runs set status = 'planned', planned_at = ${at}
      where id = ${runId} and status = 'planning' returning id
    ), batches as (
      select b.id from letter_batches b, planned where b.run_id = planned.id and b.state = 'planned'
    ), queued as (
      select enqueue_jobs(coalesce(json_agg(json_build_object('name', 'upload-letter-batch',
        'data', json_build_object('batchId', id), 'group_id', ${uploadingGroup}::text)), '[]')) from batches
    )
    select (select count(*)::int from batches) as batches from queued, planned`;
  return row?.batches ?? null;
}

/** Gives up a run that is being planned. False where it was not. */
export async function abandonPlanning(db: Db, runId: string, reason: string): Promise<boolean> {
  const { count } = await db`
    update print_runs set status = 'abandoned', reason = ${reason} where id = ${runId} and status = 'planning'`;
  return count > 0;
}

/** A run with what became of it. */
export interface PrintRunSummary extends PrintRun {
  batches: number;
  letters: number;
  /** Of the batches, those that are with the printer. */
  uploaded: number;
  acknowledged: number;
}

/** The newest first. */
export async function listPrintRuns(db: Db, limit: number): Promise<PrintRunSummary[]> {
  return await db<PrintRunSummary[]>`
    select ${printRunColumns(db)}, counted.*
    from (select * from print_runs order by created_at desc, id limit ${limit}) r,
      lateral (
        select count(*)::int as batches, coalesce(sum(b.letters), 0)::int as letters,
          count(*) filter (where b.state in ('uploaded', 'acknowledged'))::int as uploaded,
          count(*) filter (where b.state = 'acknowledged')::int as acknowledged
        from letter_batches b where b.run_id = r.id and b.state <> 'abandoned'
      ) counted
    order by created_at desc, id`;
}

import type { Pool } from "../database.ts";
import { derivedId } from "../queue/derived-id.ts";
import { toRow } from "../queue/enqueue.ts";

/**
 * Makes the job of one task at one of its times, once though every worker fires: the slot's row and the job share a
 * commit, and the job's id comes from the slot.
 */
export async function fireSchedule(sql: Pool, task: string, dueAt: Date): Promise<void> {
  const due = dueAt.toISOString();
  const id = await derivedId(`${task}@${due}`);
  // A task's times are one group, of which one job runs at a time.
  const jobs = [toRow({ name: "maintenance", id, groupId: task, data: { task, dueAt: due } })];
  await sql`
    with slot as (
      insert into task_runs (task, due_at) values (${task}, ${due}) on conflict do nothing returning task
    )
    select enqueue_jobs(${JSON.stringify(jobs)}::text::json) from slot`;
}

export async function markRunStarted(sql: Pool, task: string, dueAt: string): Promise<void> {
  await sql`update task_runs set started_at = now() where task = ${task} and due_at = ${dueAt}`;
}

export async function markRunFinished(
  sql: Pool,
  task: string,
  dueAt: string,
  { outcome, detail }: { outcome: "done" | "failed"; detail: string },
): Promise<void> {
  await sql`
    update task_runs set finished_at = now(), outcome = ${outcome}, detail = ${detail}
    where task = ${task} and due_at = ${dueAt}`;
}

/** How a task's run at one of its times went; null where it was never queued, `outcome` is null until it is over. */
export async function findRun(
  sql: Pool,
  task: string,
  dueAt: Date,
): Promise<{ outcome: "done" | "failed" | null } | null> {
  const [row] = await sql<{ outcome: "done" | "failed" | null }[]>`
    select outcome from task_runs where task = ${task} and due_at = ${dueAt}`;
  return row ?? null;
}

/** When a task was last due, or null where it never was. */
export async function lastDue(sql: Pool, task: string): Promise<Date | null> {
  const [row] = await sql<{ dueAt: Date | null }[]>`
    select max(due_at) as "dueAt" from task_runs where task = ${task}`;
  return row?.dueAt ?? null;
}

/** Old slots are of no use to anyone. */
export async function deleteOldRuns(sql: Pool, olderThanDays: number): Promise<number> {
  const { count } =
    await sql`delete from task_runs where due_at < now() - ${olderThanDays} * interval '1 day'`;
  return count;
}

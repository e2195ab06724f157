import type { Db } from "../database.ts";
import { toRow } from "../queue/enqueue.ts";
import type { Postage } from "../recipient/postage.ts";
import type { PrintRun } from "./print-run.ts";
import { countPrintable } from "./print-run-selection.ts";

/** How much of a class there is to print. */
export interface Volume {
  postage: Postage;
  letters: number;
  sheets: number;
}

/**
 * Notes what a run has to print and queues telling the printer's people, once though its planning runs again: to be
 * called before any of it is planned.
 */
export async function noteVolumes(
  db: Db,
  { id, deadline }: Pick<PrintRun, "id" | "deadline">,
): Promise<void> {
  const volumes = new Map<Postage, Volume>();
  for (const { postage, letters, sheets } of await countPrintable(db, deadline)) {
    const so = volumes.get(postage) ?? { postage, letters: 0, sheets: 0 };
    volumes.set(postage, { postage, letters: so.letters + letters, sheets: so.sheets + sheets });
  }
  const jobs = [toRow({ name: "send-letter-volumes", data: { runId: id } })];
  await db`
    with noted as (
      update print_runs set volumes = ${JSON.stringify([...volumes.values()])}::text::jsonb
      where id = ${id} and volumes is null returning id
    )
    select enqueue_jobs(${JSON.stringify(jobs)}::text::json) from noted`;
}

/** Null where a run has none noted. `told` are those who know them. */
export async function findVolumes(
  db: Db,
  runId: string,
): Promise<{ printDate: string; volumes: Volume[]; told: string[] } | null> {
  const [row] = await db<{ printDate: string; volumes: Volume[]; told: string[] }[]>`
    select print_date::text as "printDate", volumes, volumes_told as told from print_runs
    where id = ${runId} and volumes is not null`;
  return row ?? null;
}

export async function markTold(db: Db, runId: string, recipient: string): Promise<void> {
  await db`
    update print_runs set volumes_told = array_append(volumes_told, ${recipient})
    where id = ${runId} and not ${recipient} = any(volumes_told)`;
}

import { raiseAlert, resolveAlert } from "../../../shared/alert/alert.ts";
import { completeBatches } from "../../../shared/batch/process.ts";
import { type Repaired, repairBatches, startDueBatches } from "../../../shared/batch/process-repairs.ts";
import type { WorkerDeps } from "../../deps.ts";

const minuteMs = 60_000;

/** Begins batches whose time has come; most were begun by a job of their own. */
export async function runScheduledBatches({ sql, now }: WorkerDeps): Promise<string> {
  return `Began ${await startDueBatches(sql, now())} batches`;
}

/** Notes which finished batches have all their rows stored: the safety net under who stores the last. */
export async function updateProcessedBatches({ sql, now }: WorkerDeps): Promise<string> {
  return `${await completeBatches(sql, null, now())} batches have all their notifications`;
}

/** Goes on with batches that stand still for 30 minutes. */
export async function checkBatchStatus(deps: WorkerDeps): Promise<string> {
  const at = deps.now();
  const before = new Date(at.getTime() - 30 * minuteMs);
  const repaired = await repairBatches(deps.sql, { status: "unfinished", before, at });
  return await tell(deps, repaired, "batches-stuck", "Batches do not get on");
}

/** Queues rows again that were lost: their batch is finished for 20 minutes, and they are not stored. */
export async function checkMissingRows(deps: WorkerDeps): Promise<string> {
  const at = deps.now();
  const before = new Date(at.getTime() - 20 * minuteMs);
  const repaired = await repairBatches(deps.sql, { status: "finished", before, at });
  return await tell(deps, repaired, "batches-incomplete", "Rows of batches are missing");
}

async function tell(
  { sql, now, log }: WorkerDeps,
  { again, givenUp }: Repaired,
  subject: string,
  title: string,
): Promise<string> {
  if (again > 0) log.warn({ batches: again }, "Batches were queued again");
  if (givenUp.length === 0) await resolveAlert(sql, subject, now());
  else {
    const facts = { batches: givenUp.length, ids: givenUp.slice(0, 20) };
    await raiseAlert(sql, { subject, severity: "ticket", title, facts, at: now() });
  }
  return `Queued ${again} batches again; ${givenUp.length} are given up`;
}

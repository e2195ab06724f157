import { raiseAlert, resolveAlert } from "../../../shared/alert/alert.ts";
import { listUnsentBatches } from "../../../shared/letter/batch.ts";
import { lastClosed } from "../../../shared/letter/print-day.ts";
import { findScheduledRun } from "../../../shared/letter/print-run.ts";
import { londonTime } from "../../../shared/time/london.ts";
import type { WorkerDeps } from "../../deps.ts";

/** A batch that is not with the printer by then has no worker, or no luck. */
const unsentMs = 2 * 3_600_000;

/**
 * Tells of silence: an evening whose run did not start by 18:30 in London, and batches that nobody brings to the printer
 * (`spec/letters.md` 10).
 */
export async function checkPrintRuns(deps: WorkerDeps, _signal: AbortSignal, dueAt: string): Promise<string> {
  const due = new Date(dueAt);
  const time = londonTime(due).slice(11, 16);
  const started = time >= "18:30" && time < "19:00" ? await checkStarted(deps, lastClosed(due)) : "";
  return `${started}${await checkSent(deps)} batches are late`;
}

async function checkStarted({ sql, now }: WorkerDeps, printDate: string): Promise<string> {
  const run = await findScheduledRun(sql, printDate);
  if (run && run.status !== "planning") return `The run of ${printDate} is ${run.status}; `;
  await raiseAlert(sql, {
    subject: `print-run:${printDate}`,
    severity: "page",
    title: run ? "A print run is not planned yet" : "A print run did not start",
    facts: { printDate, runId: run?.id ?? null },
    at: now(),
  });
  return `There is no planned run of ${printDate}; `;
}

async function checkSent({ sql, now }: WorkerDeps): Promise<number> {
  const at = now();
  const names = await listUnsentBatches(sql, new Date(at.getTime() - unsentMs));
  const subject = "letter-batches-late";
  if (names.length === 0) {
    await resolveAlert(sql, subject, at);
  } else {
    await raiseAlert(sql, {
      subject,
      severity: "page",
      title: "Batches of letters are not with the printer",
      facts: { batches: names.length, names: names.slice(0, 20) },
      at,
    });
  }
  return names.length;
}
